-- global: admin_passkey
-- global: admin_passkey_owner
-- global: admin_passkey_used
-- The public half of a passkey, and what its owner calls it. Site is the name of the address it was made at: it works there and nowhere else.
create table admin_passkey (
  key_id text primary key,
  org integer not null references roll_org (id),
  staff integer not null,
  site text not null,
  name text not null,
  text text not null,
  made_ms integer not null,
  used_ms integer not null default 0
) strict;
create index admin_passkey_staff on admin_passkey (org, staff);

-- By what a device knows the owner of its key: chance, and nothing about them.
create table admin_passkey_owner (
  handle text primary key,
  org integer not null references roll_org (id),
  staff integer not null,
  unique (org, staff)
) strict;

-- Questions that were answered, so that no answer counts twice.
create table admin_passkey_used (
  challenge text primary key,
  made_ms integer not null
) strict;
