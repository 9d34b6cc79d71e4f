-- global: admin_session
-- global: admin_link
-- global: admin_demo
-- Who is signed in on which device. Only a hash of the cookie is kept, so that a copy of the store opens nothing.
create table admin_session (
  token_hash text primary key,
  org integer not null references roll_org (id),
  staff integer not null,
  device text not null default '',
  made_ms integer not null,
  seen_ms integer not null,
  ends_ms integer not null
) strict;
create index admin_session_staff on admin_session (org, staff);

-- A link that signs one person in once. Opening it shows a button; only pressing the button uses it up, so that mail scanners do no harm.
create table admin_link (
  token_hash text primary key,
  org integer not null references roll_org (id),
  staff integer not null,
  made_ms integer not null,
  ends_ms integer not null,
  used_ms integer
) strict;

-- The fictional people as whom a visitor can look around.
create table admin_demo (
  org integer not null references roll_org (id),
  staff integer not null,
  place integer not null,
  words text not null,
  primary key (org, staff)
) strict;
