-- What an adult does by their own link. An agreement can come that way too: the table is made again with one more way, and keeps every row. It is
-- done in one transaction, and the program of yesterday goes on with the new table as it did with the old one.
create table conversations_agreement_wider (
  org_id integer not null,
  id integer not null,
  talk_id integer not null,
  version integer not null,
  adult_id integer,
  on_date text not null,
  way text not null check (way in ('room', 'paper', 'phone', 'link')),
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;

insert into conversations_agreement_wider (org_id, id, talk_id, version, adult_id, on_date, way, by_name, made_ms)
select org_id, id, talk_id, version, adult_id, on_date, way, by_name, made_ms from conversations_agreement;

drop table conversations_agreement;

alter table conversations_agreement_wider rename to conversations_agreement;

create unique index conversations_agreement_one on conversations_agreement (org_id, talk_id, version, (coalesce(adult_id, 0)));

-- What adults wrote by their link: words of the agreed text that they would change, or about the time. It changes nothing by itself: a colleague
-- answers it, and the adult reads the answer.
create table conversations_remark (
  org_id integer not null,
  id integer not null,
  talk_id integer not null,
  adult_id integer not null,
  kind text not null check (kind in ('correction', 'cannot_come', 'other_time')),
  version integer not null default 0,
  words text not null default '',
  tongue text not null default '',
  made_ms integer not null,
  state text not null default 'waiting' check (state in ('waiting', 'accepted', 'declined', 'withdrawn')),
  answer text not null default '',
  settled_ms integer,
  by_name text not null default '',
  primary key (org_id, id),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create index conversations_remark_talk on conversations_remark (org_id, talk_id, made_ms);
create index conversations_remark_waiting on conversations_remark (org_id, state);
