-- global: admin_held
-- global: admin_account
-- global: admin_factor
-- global: admin_recovery
-- global: admin_reset
-- global: admin_try
-- How somebody came in, when they last proved a second factor (0 for never), and whether the session is locked. The key stays when the cookie's
-- value changes, which it does whenever a session may do more than before.
alter table admin_session add column id integer not null default 0;
alter table admin_session add column way text not null default 'link';
alter table admin_session add column factor_ms integer not null default 0;
alter table admin_session add column locked_ms integer not null default 0;
update admin_session set id = (select count(*) from admin_session b where b.token_hash <= admin_session.token_hash);
create index admin_session_id on admin_session (id);

-- What somebody sent while their session was locked or had not proved a second factor: sealed, for that session alone, for an hour.
create table admin_held (
  id integer primary key,
  session integer not null,
  sealed text not null,
  made_ms integer not null
) strict;
create index admin_held_session on admin_held (session);

-- Who can sign in with a password, and by which e-mail address they are found. The address is the one that the roll holds; two people may share it.
create table admin_account (
  org integer not null references roll_org (id),
  staff integer not null,
  address text not null default '',
  password text not null default '',
  password_ms integer not null default 0,
  primary key (org, staff)
) strict;
create index admin_account_address on admin_account (address);

-- The key of an authenticator app, sealed. It counts once a code of it was typed; last_step keeps each code from being used twice.
create table admin_factor (
  org integer not null references roll_org (id),
  staff integer not null,
  sealed text not null,
  made_ms integer not null,
  proved_ms integer not null default 0,
  last_step integer not null default 0,
  primary key (org, staff)
) strict;

-- Recovery codes, each good once. Only hashes are kept.
create table admin_recovery (
  org integer not null references roll_org (id),
  staff integer not null,
  code_hash text not null,
  made_ms integer not null,
  used_ms integer,
  primary key (org, staff, code_hash)
) strict;

-- A link that lets one person choose a password, once.
create table admin_reset (
  token_hash text primary key,
  org integer not null references roll_org (id),
  staff integer not null,
  made_ms integer not null,
  ends_ms integer not null,
  used_ms integer
) strict;
create index admin_reset_staff on admin_reset (org, staff);

-- Wrong tries to sign in, counted by what they came from. Who is a hash, so that this table is no list of people or addresses.
create table admin_try (
  who text primary key,
  tries integer not null,
  first_ms integer not null,
  last_ms integer not null
) strict;
