-- An award that is worked for, from its beginning to its decision. Renewing it is a new row that points back, so that what was there stays as it was.
-- frozen is the number of the version that is being assessed; nothing while evidence is gathered. The framework's version is kept with the organisation.
create table awards_award (
  org_id integer not null,
  id integer not null,
  title text not null,
  owner text not null default '',
  framework text not null,
  version text not null,
  months integer not null check (months between 1 and 120),
  parents integer not null default 0 check (parents >= 0),
  carried_from integer,
  frozen integer,
  outcome text not null default '' check (outcome in ('', 'awarded', 'not_yet')),
  awarded_on text not null default '',
  expires text not null default '',
  by_name text not null,
  made_ms integer not null,
  ended_ms integer,
  ended_by text not null default '',
  ended_why text not null default '',
  primary key (org_id, id),
  foreign key (org_id, framework, version) references audit_framework (org_id, code, version),
  foreign key (org_id, carried_from) references awards_award (org_id, id)
) strict;

-- Who has which part in it, and until when: the lead, the steering group, the adviser, the assessor.
create table awards_part (
  org_id integer not null,
  id integer not null,
  award_id integer not null,
  staff_id integer not null,
  part text not null check (part in ('lead', 'steering', 'adviser', 'assessor')),
  by_name text not null,
  made_ms integer not null,
  ended_ms integer,
  primary key (org_id, id),
  foreign key (org_id, award_id) references awards_award (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create index awards_part_award on awards_part (org_id, award_id);
create index awards_part_staff on awards_part (org_id, staff_id);

-- A step of the way that is behind: done in Ajar, done elsewhere on a day, or skipped with a reason. One that was taken back stays, with when.
create table awards_step (
  org_id integer not null,
  id integer not null,
  award_id integer not null,
  step text not null check (step in ('audit', 'plan', 'visit', 'assessment')),
  how text not null check (how in ('done', 'elsewhere', 'skipped')),
  day text not null default '',
  audit_id integer,
  plan_id integer,
  words text not null default '',
  by_name text not null,
  at_ms integer not null,
  undone_ms integer,
  primary key (org_id, id),
  foreign key (org_id, award_id) references awards_award (org_id, id),
  foreign key (org_id, audit_id) references audit_audit (org_id, id),
  foreign key (org_id, plan_id) references plans_plan (org_id, id)
) strict;
create unique index awards_step_once on awards_step (org_id, award_id, step) where undone_ms is null;
