-- An audit: under which version of which framework, over what, from when to when, and who is asked. parents_in is how many parents have handed in;
-- parents_shown of how many of them the views are shown.
create table audit_audit (
  org_id integer not null,
  id integer not null,
  title text not null,
  scope text not null check (scope in ('school', 'centre', 'cluster')),
  framework text not null,
  version text not null,
  asked text not null,
  opens text not null,
  closes text not null,
  carried_from integer,
  parents_in integer not null default 0,
  parents_shown integer not null default 0,
  by_name text not null,
  made_ms integer not null,
  closed_ms integer,
  closed_by text not null default '',
  primary key (org_id, id),
  foreign key (org_id, framework, version) references audit_framework (org_id, code, version),
  foreign key (org_id, carried_from) references audit_audit (org_id, id)
) strict;

-- What an earlier audit said of a criterion, carried forward to be read again; what it was called there, and whether its words have changed since.
create table audit_carried (
  org_id integer not null,
  audit_id integer not null,
  criterion text not null,
  was text not null,
  level integer not null check (level between 1 and 5),
  reason text not null,
  reworded integer not null check (reworded in (0, 1)),
  read_ms integer,
  read_by text not null default '',
  primary key (org_id, audit_id, criterion),
  foreign key (org_id, audit_id) references audit_audit (org_id, id)
) strict;
