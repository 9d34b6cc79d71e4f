-- When somebody else becomes key teacher, the one before ends. Which change ended it, and what stood there before, so that it can be undone.
alter table roll_assignment add column ended_by integer;
alter table roll_assignment add column ended_from text not null default '';
