-- A message to a member of staff, such as a link to choose a password. Adult is 0 then.
alter table post_item add column staff integer not null default 0;
