-- global: post_inbox
-- What came in by text or e-mail, kept before the other side is told that it was: whose it is, only those know to whom it is handed on. Its words go when they
-- have it; the rest stays for two months, so that what the other side sends twice is known.
create table post_inbox (
  id integer primary key,
  gateway text not null,
  gateway_id text not null,
  way text not null check (way in ('email', 'sms')),
  sender text not null,
  recipient text not null,
  subject text not null default '',
  words text not null,
  at_ms integer not null,
  reference text not null default '',
  automatic integer not null default 0 check (automatic in (0, 1)),
  got_ms integer not null,
  state text not null default 'waiting' check (state in ('waiting', 'handed', 'failed')),
  due_ms integer not null,
  attempt integer not null default 0,
  taken_ms integer not null default 0,
  trouble text not null default '',
  unique (gateway, gateway_id)
) strict;
create index post_inbox_due on post_inbox (state, due_ms, id);
