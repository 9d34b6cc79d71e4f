-- A piece of evidence: a link, a file, or something that is in Ajar already. It can be used for many criteria, in this audit and in others.
create table audit_evidence (
  org_id integer not null,
  id integer not null,
  kind text not null check (kind in ('link', 'file', 'ajar')),
  title text not null,
  address text not null default '',
  file_name text not null default '',
  file_type text not null default '',
  size integer not null default 0,
  body blob,
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id)
) strict;

-- Where it is used.
create table audit_use (
  org_id integer not null,
  audit_id integer not null,
  criterion text not null,
  evidence_id integer not null,
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, audit_id, criterion, evidence_id),
  foreign key (org_id, audit_id) references audit_audit (org_id, id),
  foreign key (org_id, evidence_id) references audit_evidence (org_id, id)
) strict;
create index audit_use_evidence on audit_use (org_id, evidence_id);
