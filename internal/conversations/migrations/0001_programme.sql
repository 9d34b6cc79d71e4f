-- A programme of structured conversations, its rounds, and one conversation for each pupil and round.
create table conversations_programme (
  org_id integer not null,
  id integer not null,
  name text not null,
  starts text not null,
  ends text not null,
  cohort_id integer,
  cohort_name text not null default '',
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id)
) strict;

create table conversations_round (
  org_id integer not null,
  id integer not null,
  programme_id integer not null,
  number integer not null,
  title text not null,
  kind text not null check (kind in ('conversation', 'review')),
  opens text not null,
  closes text not null,
  offered text not null default '',
  learned text not null default '',
  primary key (org_id, id),
  foreign key (org_id, programme_id) references conversations_programme (org_id, id)
) strict;
create index conversations_round_programme on conversations_round (org_id, programme_id, number);

-- One conversation is one family row of the coverage table. adult_id is set where a separated parent has a conversation of their own; year is the
-- year group on the day the pupil was chosen, so that last year's table stays as it was when the child goes up.
create table conversations_talk (
  org_id integer not null,
  id integer not null,
  programme_id integer not null,
  round_id integer not null,
  pupil_id integer not null,
  adult_id integer,
  year text not null default '',
  key_staff_id integer,
  invited_on text not null default '',
  reply text not null default '' check (reply in ('', 'agreed', 'declined')),
  meet_on text not null default '',
  meet_at text not null default '',
  place text not null default '',
  with_whom text not null default '',
  declined_why text not null default '',
  outcome text not null default '' check (outcome in ('', 'held', 'did_not_come')),
  outcome_on text not null default '',
  missed_why text not null default '',
  tips text not null default '',
  finalised_ms integer,
  next_on text not null default '',
  prep_minutes integer,
  talk_minutes integer,
  writeup_minutes integer,
  cover_pence integer,
  cover_from text not null default '',
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, programme_id) references conversations_programme (org_id, id),
  foreign key (org_id, round_id) references conversations_round (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id),
  foreign key (org_id, key_staff_id) references roll_staff (org_id, id)
) strict;
create unique index conversations_talk_one on conversations_talk (org_id, round_id, pupil_id, (coalesce(adult_id, 0)));
create index conversations_talk_pupil on conversations_talk (org_id, pupil_id);
create index conversations_talk_programme on conversations_talk (org_id, programme_id);
create index conversations_talk_staff on conversations_talk (org_id, key_staff_id);
create index conversations_talk_adult on conversations_talk (org_id, adult_id);
