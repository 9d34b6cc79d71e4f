-- The notes of a talk while it is going on. writer is the open page that saved last: a page that saves again and again may overwrite itself, an older
-- page may not overwrite a newer one.
create table conversations_draft (
  org_id integer not null,
  talk_id integer not null,
  version integer not null,
  writer text not null,
  body text not null,
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, talk_id),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id)
) strict;

create table conversations_draft_past (
  org_id integer not null,
  talk_id integer not null,
  version integer not null,
  body text not null,
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, talk_id, version),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id)
) strict;

-- The agreed text. A correction makes a new version; none is ever changed or removed.
create table conversations_text (
  org_id integer not null,
  id integer not null,
  talk_id integer not null,
  version integer not null,
  body text not null,
  reading_age integer,
  why_harder text not null default '',
  corrected_by integer,
  changed text not null default '',
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id),
  foreign key (org_id, corrected_by) references roll_adult (org_id, id)
) strict;
create unique index conversations_text_version on conversations_text (org_id, talk_id, version);

-- Who agreed to which version. adult_id is null for the pupil.
create table conversations_agreement (
  org_id integer not null,
  id integer not null,
  talk_id integer not null,
  version integer not null,
  adult_id integer,
  on_date text not null,
  way text not null check (way in ('room', 'paper', 'phone')),
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create unique index conversations_agreement_one on conversations_agreement (org_id, talk_id, version, (coalesce(adult_id, 0)));

-- When a family was given its copy.
create table conversations_copy (
  org_id integer not null,
  id integer not null,
  talk_id integer not null,
  version integer not null,
  adult_id integer not null,
  on_date text not null,
  way text not null check (way in ('hand', 'post', 'read_out', 'collected')),
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create index conversations_copy_talk on conversations_copy (org_id, talk_id);

-- Targets as they stand after the last agreed version. state is what the review found.
create table conversations_target (
  org_id integer not null,
  id integer not null,
  talk_id integer not null,
  pupil_id integer not null,
  place integer not null,
  words text not null,
  owner text not null check (owner in ('school', 'parent', 'pupil')),
  who text not null default '',
  due text not null,
  measure text not null default '',
  version integer not null,
  dropped integer not null default 0 check (dropped in (0, 1)),
  state text not null default '' check (state in ('', 'met', 'partly', 'not')),
  why text not null default '',
  next text not null default '' check (next in ('', 'done', 'keep', 'change', 'stop')),
  next_words text not null default '',
  reviewed_on text not null default '',
  reviewed_in integer,
  reviewed_by text not null default '',
  primary key (org_id, id),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id),
  foreign key (org_id, reviewed_in) references conversations_talk (org_id, id)
) strict;
create index conversations_target_talk on conversations_target (org_id, talk_id, place);
create index conversations_target_pupil on conversations_target (org_id, pupil_id);

-- Two questions to the parent afterwards.
create table conversations_feedback (
  org_id integer not null,
  id integer not null,
  talk_id integer not null,
  adult_id integer not null,
  heard text not null check (heard in ('', 'yes', 'partly', 'no')),
  helped text not null check (helped in ('', 'yes', 'partly', 'no')),
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create unique index conversations_feedback_one on conversations_feedback (org_id, talk_id, adult_id);
