-- The ballot box of files: parents' answers that were brought in with a file. It is kept apart from the other, because whoever has the file could take it from
-- the sum. box is what came in, shown is what is published of it.
create table audit_filed (
  org_id integer not null,
  audit_id integer not null,
  criterion text not null,
  level integer not null check (level between 1 and 5),
  box integer not null default 0,
  shown integer not null default 0,
  primary key (org_id, audit_id, criterion, level),
  foreign key (org_id, audit_id) references audit_audit (org_id, id)
) strict;

-- What parents wrote in files, all of it in one row and in the order of the alphabet, and how many parents the files were of. Those are among
-- audit_audit.parents_in and parents_shown as well.
create table audit_filed_words (
  org_id integer not null,
  audit_id integer not null,
  box text not null default '[]',
  shown text not null default '[]',
  parents_in integer not null default 0,
  parents_shown integer not null default 0,
  primary key (org_id, audit_id),
  foreign key (org_id, audit_id) references audit_audit (org_id, id)
) strict;
