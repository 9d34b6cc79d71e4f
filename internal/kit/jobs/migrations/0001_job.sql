-- global: jobs_job
-- Work that was promised in some transaction and is done after it. One row is one piece of work; a row that is gone is done. It belongs to the
-- installation, so that whoever looks for work asks once and not once for every school.
create table jobs_job (
  id integer primary key,
  org integer not null,
  kind text not null,
  key integer not null,
  due_ms integer not null,
  lease_ms integer not null default 0,
  attempt integer not null default 0,
  dead integer not null default 0 check (dead in (0, 1)),
  trouble text not null default '',
  made_ms integer not null
) strict;
create index jobs_job_due on jobs_job (dead, due_ms);
create unique index jobs_job_once on jobs_job (org, kind, key);
