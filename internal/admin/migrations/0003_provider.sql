-- global: admin_provider
-- global: admin_identity
-- A provider that says who somebody is: one of a school's own, or one for the whole installation (org 0). Its key is part of the address to which it
-- sends people back, so that an answer meant for one provider is never taken for another's. The secret is sealed.
create table admin_provider (
  key text primary key,
  org integer not null default 0,
  kind text not null check (kind in ('microsoft', 'google', 'other')),
  label text not null,
  issuer text not null,
  discovery text not null default '',
  tenants text not null default '',
  client text not null,
  secret text not null default '',
  domains text not null,
  factor text not null default 'no' check (factor in ('no', 'always', 'amr', 'acr')),
  acr text not null default '',
  by_address integer not null default 0 check (by_address in (0, 1)),
  inside integer not null default 0 check (inside in (0, 1)),
  made_ms integer not null,
  changed_ms integer not null,
  unique (org, kind)
) strict;

-- Which account at a provider is which colleague. The address is kept to be shown to its owner; it decides nothing.
create table admin_identity (
  issuer text not null,
  subject text not null,
  org integer not null references roll_org (id),
  staff integer not null,
  provider text not null references admin_provider (key),
  address text not null default '',
  made_ms integer not null,
  used_ms integer not null default 0,
  primary key (issuer, subject, org)
) strict;
create index admin_identity_staff on admin_identity (org, staff);
create index admin_identity_provider on admin_identity (provider);

-- By which provider a session began, so that signing out there can be offered.
alter table admin_session add column provider text not null default '';
