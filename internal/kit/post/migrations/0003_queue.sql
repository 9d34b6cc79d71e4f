-- global: post_queue
-- What has still to leave, of every organisation: whoever sends asks once and not once for every school. It holds no words and no address. A row that is
-- taken is on its way by the process taken_by, in its turn; a row that is gone has left, or will not.
create table post_queue (
  org integer not null,
  id integer not null,
  way text not null,
  rank integer not null,
  due_ms integer not null,
  about text not null,
  key integer not null,
  attempt integer not null default 0,
  taken_by text not null default '',
  turn integer not null default 0,
  taken_ms integer not null default 0,
  primary key (org, id)
) strict;
create index post_queue_due on post_queue (way, taken_by, rank, due_ms, id);
create index post_queue_about on post_queue (org, about, key);

-- global: post_pause
-- A way out that is not working for now: since when, why, and when it is tried again.
create table post_pause (
  way text primary key,
  since_ms integer not null,
  until_ms integer not null,
  times integer not null,
  trouble text not null
) strict;

-- global: post_doubt
-- Items of which nobody can say whether they left, for asking those gateways that can tell.
create table post_doubt (
  org integer not null,
  id integer not null,
  way text not null,
  taken_by text not null default '',
  taken_ms integer not null,
  primary key (org, id)
) strict;
