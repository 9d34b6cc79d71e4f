-- global: roll_person_part
-- One adult in several connected schools, by the adult's own proof: the parts of one person are the records that each school keeps of them. Nothing
-- here says anything about a child, no school's staff can read it, and adult is a key that only that school's own handle can open.
create table roll_person_part (
  id integer primary key,
  person integer not null,
  org integer not null references roll_org (id),
  adult integer not null,
  made_ms integer not null,
  ended_ms integer,
  ended_by text not null default '' check (ended_by in ('', 'adult', 'school'))
) strict;
create unique index roll_person_part_one on roll_person_part (org, adult) where ended_ms is null;
create index roll_person_part_person on roll_person_part (person);
