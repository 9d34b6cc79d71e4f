-- What is measured about a pupil over time. made_by is the batch that made a row, null for a hand; dates are YYYY-MM-DD.

-- One pupil's marks of one week, as they came, and their sum. marks is what Week.Format writes. first_on and last_on are the first and the last
-- day with a session that counts as possible, empty when there is none.
create table progress_attendance_week (
  org_id integer not null,
  id integer not null,
  pupil_id integer not null,
  week text not null,
  marks text not null default '',
  first_on text not null default '',
  last_on text not null default '',
  possible integer not null default 0,
  attended integer not null default 0,
  authorised integer not null default 0,
  unauthorised integer not null default 0,
  made_by integer,
  primary key (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create unique index progress_attendance_week_one on progress_attendance_week (org_id, pupil_id, week);
-- Holds all that the sum for a whole organisation reads, so that the sum never visits the table.
create index progress_attendance_week_sum on progress_attendance_week (org_id, pupil_id, first_on, last_on, possible, attended, authorised, unauthorised);
create index progress_attendance_week_made on progress_attendance_week (org_id, made_by);

-- Attendance of a period as a file gives it: counts of sessions, or a percentage without them. What the file does not say is null.
create table progress_attendance_total (
  org_id integer not null,
  id integer not null,
  pupil_id integer not null,
  from_on text not null,
  to_on text not null,
  possible integer,
  attended integer,
  authorised integer,
  unauthorised integer,
  percent real,
  source text not null default '',
  made_by integer,
  primary key (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id),
  check (from_on <= to_on),
  check ((possible is null) = (attended is null)),
  check (possible is not null or percent is not null)
) strict;
create unique index progress_attendance_total_one on progress_attendance_total (org_id, pupil_id, from_on, to_on);
create index progress_attendance_total_made on progress_attendance_total (org_id, made_by);

-- A result on one scale. subject is as the school writes it and subject_key its folded form; value is null for a word on a school's own scale.
create table progress_result (
  org_id integer not null,
  id integer not null,
  pupil_id integer not null,
  subject text not null,
  subject_key text not null,
  scale text not null,
  value real,
  text text not null,
  taken_on text not null,
  source text not null default '',
  made_by integer,
  primary key (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create unique index progress_result_one on progress_result (org_id, pupil_id, subject_key, scale, taken_on);
create index progress_result_made on progress_result (org_id, made_by);

-- Things that are counted: behaviour and praise points, homework set and missed. n is how many on that day for that reason.
create table progress_count (
  org_id integer not null,
  id integer not null,
  pupil_id integer not null,
  kind text not null check (kind in ('behaviour', 'praise', 'homework_set', 'homework_missed')),
  on_date text not null,
  n integer not null check (n >= 0),
  note text not null default '',
  made_by integer,
  primary key (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create unique index progress_count_one on progress_count (org_id, pupil_id, kind, on_date, note);
create index progress_count_made on progress_count (org_id, made_by);

-- The school's own columns about a pupil, under the names that its rules use.
create table progress_fact (
  org_id integer not null,
  id integer not null,
  pupil_id integer not null,
  name text not null,
  value text not null,
  set_on text not null,
  source text not null default '',
  made_by integer,
  primary key (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create unique index progress_fact_one on progress_fact (org_id, pupil_id, name);
create index progress_fact_made on progress_fact (org_id, made_by);
