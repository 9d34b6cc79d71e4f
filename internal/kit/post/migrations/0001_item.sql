-- What goes out of the house by e-mail or text message: one row for one adult and one way. The words are kept until the item has gone and
-- no longer: they may hold a personal link, of which nothing but a hash may stay. Whoever wants them later keeps them where they were written.
create table post_item (
  org_id integer not null,
  id integer not null,
  way text not null check (way in ('email', 'sms')),
  adult integer not null,
  pupil integer not null default 0,
  about text not null,
  key integer not null,
  address text not null,
  lang text not null default 'en',
  subject text not null default '',
  body text not null,
  state text not null check (state in ('waiting', 'sent', 'stopped', 'failed')),
  trouble text not null default '',
  reference text not null default '',
  by_name text not null,
  made_ms integer not null,
  done_ms integer,
  primary key (org_id, id)
) strict;
create index post_item_about on post_item (org_id, about, key, made_ms);
create index post_item_adult on post_item (org_id, adult, made_ms);
