-- Parents say how deep an activity went by their own link as well as on paper. This is the ballot box: how often each step was chosen, by the way it came. No
-- answer has a row, a time, an order or a key of its own. box is what was said, shown is what is published of it.
create table practice_tally (
  org_id integer not null,
  activity_id integer not null,
  way text not null check (way in ('paper', 'link')),
  rung integer not null check (rung between 1 and 8),
  box integer not null default 0,
  shown integer not null default 0,
  primary key (org_id, activity_id, way, rung),
  foreign key (org_id, activity_id) references practice_activity (org_id, id)
) strict;

-- That an adult had their turn, so that nobody has two. It says nothing of when, or of what: its key is drawn by lot, unlike others, which hold the time.
create table practice_turn (
  org_id integer not null,
  id integer not null,
  activity_id integer not null,
  adult_id integer not null,
  primary key (org_id, id),
  unique (org_id, activity_id, adult_id),
  foreign key (org_id, activity_id) references practice_activity (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;

-- The last day on which parents are asked by their own link; empty when they are not.
alter table practice_activity add column ask_until text not null default '';

-- What was keyed in from paper had a row each, with a time. It goes into the box, and those rows go.
-- only: PostgreSQL
alter table practice_rung no force row level security;
-- end
insert into practice_tally (org_id, activity_id, way, rung, box, shown)
select x.org_id, x.activity_id, 'paper', x.rung, x.n, case when x.whole >= 5 then x.n else 0 end
from (select r.org_id, r.activity_id, r.rung, count(*) as n, cast(sum(count(*)) over (partition by r.org_id, r.activity_id) as integer) as whole
  from practice_rung r where r.side = 'parents' group by r.org_id, r.activity_id, r.rung) x;

delete from practice_rung where side = 'parents';
-- only: PostgreSQL
alter table practice_rung force row level security;
-- end
