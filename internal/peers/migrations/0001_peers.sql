-- global: peers_offer
-- global: peers_exchange
-- global: peers_visit
-- global: peers_log
-- With what a school is willing to help the others of its clusters, and until when. about is kept in the words of the framework, so that it can be read
-- when the framework has changed. why is there where its own audit does not say that it stands well.
create table peers_offer (
  id integer primary key,
  org integer not null references roll_org (id),
  framework text not null,
  theme text not null,
  criterion text not null default '',
  about text not null,
  words text not null,
  why text not null default '',
  starts text not null,
  until text not null,
  by_name text not null,
  made_ms integer not null,
  ended_ms integer,
  ended_by text not null default ''
) strict;
create index peers_offer_org on peers_offer (org, until);

-- One school asking another. thanks_*: that school wants the cluster to read that the one helped the other.
create table peers_exchange (
  id integer primary key,
  offer integer not null references peers_offer (id),
  helper integer not null references roll_org (id),
  asker integer not null references roll_org (id),
  about text not null,
  words text not null,
  state text not null check (state in ('asked', 'agreed', 'declined', 'over')),
  asked_by text not null,
  asked_ms integer not null,
  answer text not null default '',
  answered_by text not null default '',
  answered_ms integer,
  over_by text not null default '',
  over_ms integer,
  thanks_helper integer not null default 0 check (thanks_helper in (0, 1)),
  thanks_asker integer not null default 0 check (thanks_asker in (0, 1)),
  check (helper <> asker)
) strict;
create index peers_exchange_helper on peers_exchange (helper);
create index peers_exchange_asker on peers_exchange (asker);

-- A visit, and what each of the two wrote down about it.
create table peers_visit (
  id integer primary key,
  exchange integer not null references peers_exchange (id),
  on_day text not null,
  made_ms integer not null
) strict;
create index peers_visit_exchange on peers_visit (exchange);

create table peers_log (
  visit integer not null references peers_visit (id),
  org integer not null references roll_org (id),
  about text not null,
  next text not null,
  by_name text not null,
  at_ms integer not null,
  primary key (visit, org)
) strict;
