-- The text of a framework's version, as it was brought in or as an audit first used it. It never changes: an audit stays readable under its own version.
create table audit_framework (
  org_id integer not null,
  code text not null,
  version text not null,
  kind text not null check (kind in ('audit', 'award')),
  title text not null,
  body text not null,
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, code, version)
) strict;
