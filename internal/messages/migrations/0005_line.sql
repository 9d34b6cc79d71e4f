-- global: messages_line
-- Which organisations wrote to a number or an address, by a mark that does not tell it, so that an answer finds its school without asking each of them.
create table messages_line (
  kind text not null,
  mark text not null,
  org integer not null,
  at_ms integer not null,
  primary key (kind, mark, org)
) strict;

-- Adults who asked for offers: fairs, paid clubs. Nobody else gets them (PECR).
create table messages_consent (
  org_id integer not null,
  id integer not null,
  adult_id integer not null,
  how text not null default '',
  since_ms integer not null,
  by_name text not null,
  ended_ms integer,
  ended_by text not null default '',
  primary key (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create index messages_consent_adult on messages_consent (org_id, adult_id);
