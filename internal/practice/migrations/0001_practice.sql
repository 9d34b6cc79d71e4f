-- A policy that families meet: who looks after it, and when it was last looked at.
create table practice_policy (
  org_id integer not null,
  id integer not null,
  title text not null,
  owner_id integer,
  made_ms integer not null,
  removed_ms integer,
  primary key (org_id, id),
  foreign key (org_id, owner_id) references roll_staff (org_id, id)
) strict;

-- A review of a policy: were parents consulted, and which barriers to families were found in it?
create table practice_review (
  org_id integer not null,
  id integer not null,
  policy_id integer not null,
  on_day text not null,
  consulted text not null check (consulted in ('yes', 'no', 'unknown')),
  barriers text not null,
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, policy_id) references practice_policy (org_id, id)
) strict;
create index practice_review_policy on practice_review (org_id, policy_id, on_day);

-- A role of staff, and whether its job description carries working with families.
create table practice_duty (
  org_id integer not null,
  id integer not null,
  title text not null,
  duty text not null check (duty in ('yes', 'no', 'unknown')),
  note text not null default '',
  by_name text not null,
  made_ms integer not null,
  removed_ms integer,
  primary key (org_id, id)
) strict;

-- Something in which parents take part.
create table practice_activity (
  org_id integer not null,
  id integer not null,
  title text not null,
  kind text not null,
  on_day text not null,
  outcome text not null default '',
  published_on text not null default '',
  made_ms integer not null,
  removed_ms integer,
  primary key (org_id, id)
) strict;

-- How deep it went, by a member of staff or by one parent, of whom no name is kept.
create table practice_rung (
  org_id integer not null,
  id integer not null,
  activity_id integer not null,
  side text not null check (side in ('staff', 'parents')),
  rung integer not null check (rung between 1 and 8),
  staff_id integer,
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, activity_id) references practice_activity (org_id, id)
) strict;
create unique index practice_rung_staff on practice_rung (org_id, activity_id, staff_id) where side = 'staff';

-- That a decision was shared: parents voted, or decided together with the school, or alone.
create table practice_share (
  org_id integer not null,
  id integer not null,
  activity_id integer not null,
  how text not null check (how in ('voted', 'together', 'alone')),
  what text not null,
  on_day text not null,
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, activity_id) references practice_activity (org_id, id)
) strict;

-- A story of practice, by its parts.
create table practice_story (
  org_id integer not null,
  id integer not null,
  title text not null,
  situation text not null,
  did text not null,
  changed text not null,
  learned text not null,
  theme text not null default '',
  phase text not null default '',
  context text not null default '',
  objective text not null default '',
  family integer not null check (family in (0, 1)),
  consent text not null check (consent in ('unasked', 'given', 'refused')),
  consent_on text not null default '',
  consent_how text not null default '',
  confirmed text not null default '',
  confirmed_by text not null default '',
  confirmed_why text not null default '',
  stated integer,
  stated_words text not null default '',
  stated_by text not null default '',
  state text not null check (state in ('draft', 'published', 'withdrawn')),
  published_ms integer,
  author_id integer,
  by_name text not null,
  version integer not null default 1,
  made_ms integer not null,
  primary key (org_id, id)
) strict;

-- Somebody read it, or asked for it.
create table practice_use (
  org_id integer not null,
  id integer not null,
  story_id integer not null,
  kind text not null check (kind in ('view', 'request')),
  whom text not null default '',
  at_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, story_id) references practice_story (org_id, id)
) strict;
create index practice_use_story on practice_use (org_id, story_id, kind);
