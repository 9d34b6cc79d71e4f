-- What was read in, by whom, what came of it, and what it takes to undo it.
create table batch_batch (
  org_id integer not null,
  id integer not null,
  kind text not null,
  file_name text not null,
  file_hash text not null default '',
  mapping text not null default '',
  options text not null default '',
  state text not null check (state in ('previewed', 'done', 'undone', 'dropped')),
  by_name text not null default '',
  made_ms integer not null,
  done_ms integer,
  undone_ms integer,
  report text not null default '{}',
  undone text not null default '{}',
  primary key (org_id, id)
) strict;
create index batch_batch_made on batch_batch (org_id, made_ms);

-- The file between preview and confirmation. It is removed with either.
create table batch_file (
  org_id integer not null,
  batch_id integer not null,
  body blob not null,
  primary key (org_id, batch_id),
  foreign key (org_id, batch_id) references batch_batch (org_id, id)
) strict;

-- One field of one row that a batch changed: what it was and what it became, as JSON.
create table batch_change (
  org_id integer not null,
  batch_id integer not null,
  seq integer not null,
  in_table text not null,
  row_id integer not null,
  field text not null,
  old text not null,
  new text not null,
  primary key (org_id, batch_id, seq),
  foreign key (org_id, batch_id) references batch_batch (org_id, id)
) strict;

-- A row of the file that could not be taken, with its cells, so that it can be mended and sent again.
create table batch_refused (
  org_id integer not null,
  batch_id integer not null,
  seq integer not null,
  file text not null,
  row_no integer not null,
  field text not null,
  value text not null,
  reason text not null,
  header text not null default '',
  cells text not null default '',
  primary key (org_id, batch_id, seq),
  foreign key (org_id, batch_id) references batch_batch (org_id, id)
) strict;

-- How a school's columns were mapped last time, found again by the header they were for.
create table batch_mapping (
  org_id integer not null,
  kind text not null,
  fingerprint text not null,
  body text not null,
  used_ms integer not null,
  primary key (org_id, kind, fingerprint)
) strict;
