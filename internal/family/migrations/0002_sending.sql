-- How Ajar was reached from outside when the link was made, so that a new one in its place leads to the same door and never to an address that a
-- stranger's request brought along; and which of the links that went to many at once it belongs to.
alter table family_link add column base text not null default '';
alter table family_link add column batch integer not null default 0;
create index family_link_batch on family_link (org_id, batch) where batch <> 0;
