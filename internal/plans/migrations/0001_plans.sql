-- A plan of a school, centre or cluster for a period.
create table plans_plan (
  org_id integer not null,
  id integer not null,
  title text not null,
  starts text not null,
  ends text not null,
  lead_id integer,
  shared integer not null default 0 check (shared in (0, 1)), -- the head lets clusters and the authority count its actions
  closed_ms integer,
  closed_by text not null default '',
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, lead_id) references roll_staff (org_id, id)
) strict;
create index plans_plan_ends on plans_plan (org_id, ends);

-- An action. What it came from is kept in words too, so that it can be read when the source is gone.
create table plans_action (
  org_id integer not null,
  id integer not null,
  plan_id integer not null,
  theme text not null default '',
  words text not null,
  owner_id integer,
  due text not null,
  measure text not null,
  planned_pence integer,
  spent_pence integer,
  funding text not null default '',
  status text not null check (status in ('todo', 'going', 'done', 'stopped', 'carried')),
  stopped_why text not null default '',
  done_on text not null default '',
  source_kind text not null default '',
  source_key text not null default '',
  source_words text not null default '',
  source_link text not null default '',
  carried_from integer,
  version integer not null default 1,
  removed_ms integer,
  removed_by text not null default '',
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, plan_id) references plans_plan (org_id, id),
  foreign key (org_id, owner_id) references roll_staff (org_id, id),
  foreign key (org_id, carried_from) references plans_action (org_id, id)
) strict;
create index plans_action_plan on plans_action (org_id, plan_id);
create index plans_action_owner on plans_action (org_id, owner_id, status);
create index plans_action_carried on plans_action (org_id, carried_from);

-- What happened to an action, in order: a line of its owner, a change of its status, a change of its words.
create table plans_entry (
  org_id integer not null,
  id integer not null,
  action_id integer not null,
  kind text not null check (kind in ('made', 'note', 'status', 'change', 'evidence', 'carried', 'removed', 'restored', 'reminded')),
  words text not null default '',
  was text not null default '',
  now text not null default '',
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, action_id) references plans_action (org_id, id)
) strict;
create index plans_entry_action on plans_entry (org_id, action_id, at_ms);

-- What shows that an action was done, or what it did.
create table plans_evidence (
  org_id integer not null,
  id integer not null,
  action_id integer not null,
  words text not null,
  link text not null default '',
  by_name text not null,
  made_ms integer not null,
  removed_ms integer,
  primary key (org_id, id),
  foreign key (org_id, action_id) references plans_action (org_id, id)
) strict;
create index plans_evidence_action on plans_evidence (org_id, action_id);
