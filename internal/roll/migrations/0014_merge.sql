-- Two records of one adult that were made one. What was changed is kept row by row for thirty days, so that it can all be put back; the number and
-- the name of the record that went stay, so that a file that still speaks of it finds the one that stayed.
create table roll_merge (
  org_id integer not null,
  id integer not null,
  stays integer not null,
  gone integer not null,
  stays_name text not null,
  gone_name text not null,
  gone_local text not null default '',
  gone_key text not null default '',
  figures text not null default '',
  by_name text not null,
  made_ms integer not null,
  undone_ms integer,
  undone_by text not null default '',
  kept text not null default '',
  primary key (org_id, id)
) strict;
create index roll_merge_made on roll_merge (org_id, made_ms);

create table roll_merge_step (
  org_id integer not null,
  merge_id integer not null,
  seq integer not null,
  in_table text not null,
  at_key text not null,
  what text not null check (what in ('set', 'gone', 'new')),
  field text not null default '',
  old text not null default '',
  new text not null default '',
  primary key (org_id, merge_id, seq),
  foreign key (org_id, merge_id) references roll_merge (org_id, id)
) strict;

-- Two adults of whom somebody has said that they are not the same person. low is the smaller key.
create table roll_apart (
  org_id integer not null,
  low integer not null,
  high integer not null,
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, low, high)
) strict;
