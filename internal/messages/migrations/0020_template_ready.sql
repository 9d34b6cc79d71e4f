-- Which ready-made template a school's template came from; empty for one that it wrote itself.
alter table messages_template add column ready text not null default '';
