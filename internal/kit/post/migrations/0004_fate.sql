-- Items of which nobody can say whether they left: they are unsure, wait for a person, and are in no queue.
alter table post_item add column unsure integer not null default 0 check (unsure in (0, 1));
-- What became of an item after it was handed over, as the other side tells.
alter table post_item add column arrived text not null default '' check (arrived in ('', 'no', 'yes'));
alter table post_item add column arrived_ms integer;
alter table post_item add column arrived_words text not null default '';
-- The words with marks, for e-mail, and where an answer to this item goes.
alter table post_item add column html text not null default '';
alter table post_item add column reply_to text not null default '';
create index post_item_open on post_item (org_id, unsure, made_ms) where state = 'waiting';
