-- global: roll_org
-- global: roll_membership
-- global: roll_succession
-- global: roll_register
-- Schools, centres and their groupings. These tables belong to no one organisation: they are the list of them.
create table roll_org (
  id integer primary key,
  code text not null unique,
  name text not null,
  type text not null check (type in ('authority', 'trust', 'cluster', 'school', 'centre', 'agency')),
  phase text not null default '',
  urn text not null default '',
  laestab text not null default '',
  place text not null default '',
  context text not null default '',
  opened text not null default '',
  closed text not null default '',
  fsm_percent real,
  stated_schools integer,
  stated_centres integer,
  local_id text not null default '',
  made_ms integer not null
) strict;

-- A school may sit in an authority, a trust and a cluster at once, each with its dates.
create table roll_membership (
  id integer primary key,
  member integer not null references roll_org (id),
  grouping integer not null references roll_org (id),
  starts text not null default '0000-01-01',
  ends text not null default '9999-12-31',
  unique (member, grouping, starts)
) strict;
create index roll_membership_grouping on roll_membership (grouping);

-- What became of an organisation: a merger, a closure, a new number on becoming an academy.
create table roll_succession (
  id integer primary key,
  predecessor integer not null references roll_org (id),
  successor integer references roll_org (id),
  on_date text not null,
  how text not null check (how in ('merger', 'academy', 'closure', 'split', 'renamed'))
) strict;

-- The register of English schools, as read from its file; the rows are kept as they came, ragged ones too.
create table roll_register (
  urn text primary key,
  name text not null,
  folded text not null,
  la_code text not null default '',
  la_name text not null default '',
  laestab text not null default '',
  type text not null default '',
  phase text not null default '',
  status text not null default '',
  opened text not null default '',
  closed text not null default '',
  town text not null default '',
  postcode text not null default '',
  pupils integer,
  fsm_percent real,
  ragged integer not null default 0,
  row_no integer not null,
  as_it_came text not null default ''
) strict;
create index roll_register_folded on roll_register (folded);
