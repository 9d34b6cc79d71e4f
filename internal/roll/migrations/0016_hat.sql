-- A member of staff who is also an adult in the life of children here. id is the key under which Sight leaves those children out of the lists of
-- somebody who sees only some pupils.
create table roll_hat (
  org_id integer not null,
  id integer not null,
  staff_id integer not null,
  adult_id integer not null,
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create unique index roll_hat_staff on roll_hat (org_id, staff_id);
create index roll_hat_adult on roll_hat (org_id, adult_id);

-- The own children of each hat, whether the tie is in force or has ended.
create view roll_own as
  select h.org_id, h.id as hat_id, h.staff_id, t.pupil_id
  from roll_hat h
  join roll_tie t on t.org_id = h.org_id and t.adult_id = h.adult_id;
