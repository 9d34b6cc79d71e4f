-- Who is away, and who looks after their pupils meanwhile. Why somebody is away is nobody's business here, so no column asks.
create table roll_absence (
  org_id integer not null,
  id integer not null,
  staff_id integer not null,
  starts text not null,
  ends text not null default '9999-12-31',
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create index roll_absence_staff on roll_absence (org_id, staff_id);

-- What was decided: this colleague, these days, all of the pupils (pupil_id is null) or one of them.
create table roll_cover (
  org_id integer not null,
  id integer not null,
  absence_id integer not null,
  staff_id integer not null,
  pupil_id integer,
  starts text not null,
  ends text not null,
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, absence_id) references roll_absence (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create index roll_cover_absence on roll_cover (org_id, absence_id);

-- What follows from it, worked out anew whenever one of the two changes: who in the end stands in for whom, on which days, through whom. Where
-- the colleague who covers is away too, it is whoever covers them.
create table roll_standin (
  org_id integer not null,
  id integer not null,
  away_id integer not null,
  staff_id integer not null,
  pupil_id integer,
  starts text not null,
  ends text not null,
  through text not null default '',
  primary key (org_id, id),
  foreign key (org_id, away_id) references roll_staff (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create index roll_standin_staff on roll_standin (org_id, staff_id);
create index roll_standin_away on roll_standin (org_id, away_id);

-- Who works with a pupil by name, today or some day: assigned, or standing in for somebody who is (away_id, null for the person themself).
create view roll_named as
  select org_id, pupil_id, staff_id, starts, ends, part, null as away_id from roll_assignment
  union all
  select s.org_id, g.pupil_id, s.staff_id,
    case when g.starts > s.starts then g.starts else s.starts end as starts,
    case when g.ends < s.ends then g.ends else s.ends end as ends,
    g.part, s.away_id
  from roll_standin s
  join roll_assignment g on g.org_id = s.org_id and g.staff_id = s.away_id and (s.pupil_id is null or s.pupil_id = g.pupil_id);

-- Which member of staff works with which pupil, and when: by assignment, by taking a class that the pupil is in, or by standing in for somebody who does.
drop view roll_sight;
create view roll_sight as
  select org_id, pupil_id, staff_id, starts, ends from roll_assignment
  union all
  select p.org_id, p.pupil_id, t.staff_id,
    case when p.starts > t.starts then p.starts else t.starts end as starts,
    case when p.ends < t.ends then p.ends else t.ends end as ends
  from roll_member p
  join roll_member t on t.org_id = p.org_id and t.class_id = p.class_id and t.staff_id is not null
  where p.pupil_id is not null
  union all
  select s.org_id, g.pupil_id, s.staff_id,
    case when g.starts > s.starts then g.starts else s.starts end as starts,
    case when g.ends < s.ends then g.ends else s.ends end as ends
  from roll_standin s
  join roll_assignment g on g.org_id = s.org_id and g.staff_id = s.away_id and (s.pupil_id is null or s.pupil_id = g.pupil_id)
  union all
  select s.org_id, p.pupil_id, s.staff_id,
    case when s.starts >= p.starts and s.starts >= t.starts then s.starts when p.starts > t.starts then p.starts else t.starts end as starts,
    case when s.ends <= p.ends and s.ends <= t.ends then s.ends when p.ends < t.ends then p.ends else t.ends end as ends
  from roll_standin s
  join roll_member t on t.org_id = s.org_id and t.staff_id = s.away_id
  join roll_member p on p.org_id = t.org_id and p.class_id = t.class_id and p.pupil_id is not null and (s.pupil_id is null or s.pupil_id = p.pupil_id);
