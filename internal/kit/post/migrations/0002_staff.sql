-- A colleague can be written to as well, about their own work. Then adult is 0.
alter table post_item add column staff integer not null default 0;
