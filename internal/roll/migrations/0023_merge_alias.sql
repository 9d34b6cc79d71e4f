-- The number and the name that the record that stayed had before the merge: a merge may take those of the one that went, and files still use the old.
alter table roll_merge add column stays_local text not null default '';
alter table roll_merge add column stays_key text not null default '';
