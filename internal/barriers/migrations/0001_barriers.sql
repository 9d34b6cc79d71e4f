-- A school's barrier rules with their history. A rule holds from from_on until ended_on; replaced_ms is set when the same day's rule was written again.
create table barriers_rule (
  org_id integer not null,
  id integer not null,
  code text not null,
  label text not null,
  when_text text not null,
  from_on text not null,
  ended_on text not null default '9999-12-31',
  by_name text not null,
  recorded_ms integer not null,
  replaced_ms integer,
  primary key (org_id, id)
) strict;
create unique index barriers_rule_one on barriers_rule (org_id, code, from_on) where replaced_ms is null;

-- What the rules said about a pupil, from the day it was worked out until the day it was worked out otherwise. The list of any past day is the rows that
-- hold on it, just as they were shown, with the year group of then. print is a short hash of all that went in, so that an unchanged pupil costs no more than reading.
create table barriers_standing (
  org_id integer not null,
  pupil_id integer not null,
  from_on text not null,
  to_on text not null default '9999-12-31',
  i_factor integer not null,
  unknown_n integer not null,
  met text not null,
  unknown text not null,
  because text not null,
  print integer not null,
  year text not null default '',
  primary key (org_id, pupil_id, from_on),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id) on delete cascade
) strict;
create index barriers_standing_now on barriers_standing (org_id, to_on, i_factor);

-- When the standings were last worked out, and whether something has changed since.
create table barriers_state (
  org_id integer primary key,
  stale integer not null check (stale in (0, 1)),
  first_on text not null,
  worked_on text not null,
  worked_ms integer not null
) strict;

create table barriers_cohort (
  org_id integer not null,
  id integer not null,
  name text not null,
  reason text not null,
  starts text not null,
  ends text not null default '9999-12-31',
  end_review text not null default '',
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id)
) strict;

-- A person put the pupil in, and perhaps a person took them out, each with a reason. Ajar does neither by itself.
create table barriers_member (
  org_id integer not null,
  id integer not null,
  cohort_id integer not null,
  pupil_id integer not null,
  starts text not null,
  ends text not null default '9999-12-31',
  reason_in text not null,
  reason_out text not null default '',
  by_in text not null,
  by_out text not null default '',
  primary key (org_id, id),
  foreign key (org_id, cohort_id) references barriers_cohort (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create unique index barriers_member_one on barriers_member (org_id, cohort_id, pupil_id, starts);
create index barriers_member_pupil on barriers_member (org_id, pupil_id);

-- What was measured when the pupil came into the cohort. It is never worked out again.
create table barriers_baseline (
  org_id integer not null,
  id integer not null,
  member_id integer not null,
  measure text not null,
  shown text not null,
  number real,
  as_of text not null default '',
  source text not null default '',
  frozen_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, member_id) references barriers_member (org_id, id)
) strict;
create index barriers_baseline_member on barriers_baseline (org_id, member_id);
