-- Who rates under their name: a colleague, governor or partner who is signed in (staff_id), or somebody whose sheet was keyed in. Parents are never here.
create table audit_rater (
  org_id integer not null,
  id integer not null,
  audit_id integer not null,
  grp text not null check (grp in ('leaders', 'staff', 'family workers', 'governors', 'partners')),
  staff_id integer,
  name text not null,
  handed_ms integer,
  primary key (org_id, id),
  foreign key (org_id, audit_id) references audit_audit (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create unique index audit_rater_staff on audit_rater (org_id, audit_id, staff_id) where staff_id is not null;
create unique index audit_rater_name on audit_rater (org_id, audit_id, grp, name) where staff_id is null;

-- What one of them says of one criterion. No level: a commentary that stands alone, or one that was taken back.
create table audit_rating (
  org_id integer not null,
  rater_id integer not null,
  criterion text not null,
  level integer check (level between 1 and 5),
  commentary text not null default '',
  at_ms integer not null,
  primary key (org_id, rater_id, criterion),
  foreign key (org_id, rater_id) references audit_rater (org_id, id)
) strict;

-- The level that the team agreed, with its reason; each time it is agreed anew is one more version, and the ratings stay.
create table audit_agreed (
  org_id integer not null,
  audit_id integer not null,
  criterion text not null,
  version integer not null,
  level integer not null check (level between 1 and 5),
  reason text not null,
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, audit_id, criterion, version),
  foreign key (org_id, audit_id) references audit_audit (org_id, id)
) strict;

-- Files of answers that were brought in, by what they hold, so that the same file twice changes nothing.
create table audit_file (
  org_id integer not null,
  audit_id integer not null,
  fingerprint text not null,
  primary key (org_id, audit_id, fingerprint),
  foreign key (org_id, audit_id) references audit_audit (org_id, id)
) strict;
