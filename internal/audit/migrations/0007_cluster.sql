-- What a school's head lets a grouping have of a closed audit: nothing, its agreed levels counted with others', or its agreed levels under its name. Each
-- decision is a row; the latest holds.
create table audit_give (
  org_id integer not null,
  id integer not null,
  audit_id integer not null,
  grouping integer not null,
  gives text not null check (gives in ('nothing', 'counted', 'named')),
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, audit_id) references audit_audit (org_id, id)
) strict;
create index audit_give_audit on audit_give (org_id, audit_id, grouping);

-- A picture that a grouping has made of what its members gave. It holds no level: only from where each is read. The pictures before stay, so that no new one
-- gives a school away by the difference.
create table audit_picture (
  org_id integer not null,
  framework text not null,
  version text not null,
  number integer not null,
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, framework, version, number)
) strict;

create table audit_picture_piece (
  org_id integer not null,
  framework text not null,
  version text not null,
  number integer not null,
  criterion text not null,
  school integer not null,
  audit_id integer not null,
  theirs text not null,
  agreed integer not null,
  was_audit integer not null default 0,
  was_theirs text not null default '',
  was_agreed integer not null default 0,
  named integer not null check (named in (0, 1)),
  primary key (org_id, framework, version, number, criterion, school),
  foreign key (org_id, framework, version, number) references audit_picture (org_id, framework, version, number)
) strict;
