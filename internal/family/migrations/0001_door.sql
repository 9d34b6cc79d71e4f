-- global: family_key
-- global: family_device
-- global: family_reader
-- global: family_demo
-- Which organisation a secret belongs to: a request brings a link or a code and nothing else. Only hashes are kept, so that a copy of the store opens nothing.
create table family_key (
  hash text primary key,
  org integer not null references roll_org (id),
  link integer not null,
  code integer not null check (code in (0, 1)),
  ends_ms integer not null
) strict;
create index family_key_link on family_key (org, link);

-- A browser that was remembered.
create table family_device (
  id integer primary key,
  name text not null default '',
  made_ms integer not null,
  ends_ms integer not null
) strict;

-- Who reads on a device. Each reader has a secret of their own, so that one can't become the other without proof. alone is 0 when the way to the
-- reader is shared with somebody else: then nothing opens before the known fact.
create table family_reader (
  token_hash text primary key,
  id integer not null unique,
  device integer not null references family_device (id),
  org integer not null references roll_org (id),
  adult integer not null,
  link integer not null,
  alone integer not null default 1 check (alone in (0, 1)),
  made_ms integer not null,
  ends_ms integer not null,
  proved_ms integer not null default 0,
  wrong integer not null default 0,
  paused_ms integer not null default 0
) strict;
create index family_reader_device on family_reader (device);
create index family_reader_adult on family_reader (org, adult);

-- A personal link: for one adult and one thing. The thing is named as its room names it; "page" is the adult's own page.
create table family_link (
  org_id integer not null,
  id integer not null,
  adult_id integer not null,
  pupil_id integer,
  thing text not null default 'page',
  thing_key integer not null default 0,
  way text not null check (way in ('letter', 'copy', 'sent', 'staff')),
  sent_kind text not null default '',
  sent_folded text not null default '',
  made_ms integer not null,
  by_name text not null,
  ends_ms integer not null,
  revoked_ms integer,
  revoked_why text not null default '',
  opened integer not null default 0,
  opened_ms integer,
  primary key (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create index family_link_adult on family_link (org_id, adult_id, made_ms);
create index family_link_pupil on family_link (org_id, pupil_id);
create index family_link_thing on family_link (org_id, thing, thing_key);

-- What an adult chose for this door.
create table family_choice (
  org_id integer not null,
  adult_id integer not null,
  tongue text not null default '',
  at_ms integer not null,
  primary key (org_id, adult_id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;

-- What an adult asks to be changed about themselves. Nothing applies until a colleague accepts it.
create table family_wish (
  org_id integer not null,
  id integer not null,
  adult_id integer not null,
  field text not null check (field in ('name', 'phone', 'email', 'address', 'postcode', 'speaks', 'reads', 'needs')),
  was text not null default '',
  wish text not null default '',
  made_ms integer not null,
  state text not null default 'waiting' check (state in ('waiting', 'accepted', 'declined', 'withdrawn')),
  settled_ms integer,
  by_name text not null default '',
  reason text not null default '',
  primary key (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create index family_wish_adult on family_wish (org_id, adult_id, made_ms);
create index family_wish_waiting on family_wish (org_id, made_ms) where state = 'waiting';

-- An adult asked for a new link, and it could not be sent at once: somebody has to give it to them.
create table family_ask (
  org_id integer not null,
  id integer not null,
  adult_id integer not null,
  thing text not null default 'page',
  thing_key integer not null default 0,
  pupil_id integer,
  why text not null check (why in ('new', 'no_fact')),
  made_ms integer not null,
  done_ms integer,
  by_name text not null default '',
  primary key (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create index family_ask_adult on family_ask (org_id, adult_id);
create index family_ask_waiting on family_ask (org_id, made_ms) where done_ms is null;

-- The fictional parents as whom a visitor of the demo can look around.
create table family_demo (
  org integer not null references roll_org (id),
  adult integer not null,
  place integer not null,
  words text not null,
  primary key (org, adult)
) strict;
