-- People. Dates are YYYY-MM-DD; starts and ends are the first and the last day on which a row holds; made_by is the batch that made it, null for a hand.
create table roll_pupil (
  org_id integer not null,
  id integer not null,
  local_id text not null,
  upn text not null default '',
  upn_accepted integer not null default 0 check (upn_accepted in (0, 1)),
  forename text not null,
  surname text not null,
  known_as text not null default '',
  date_of_birth text not null default '',
  sex text not null default '',
  year text not null default '',
  sen text not null default '',
  first_language text not null default '',
  eal integer check (eal in (0, 1)),
  fsm integer check (fsm in (0, 1)),
  pupil_premium integer check (pupil_premium in (0, 1)),
  looked_after integer check (looked_after in (0, 1)),
  young_carer integer check (young_carer in (0, 1)),
  address text not null default '',
  postcode text not null default '',
  starts text not null default '0000-01-01',
  ends text not null default '9999-12-31',
  search text not null default '',
  sort_key text not null default '',
  made_by integer,
  primary key (org_id, id)
) strict;
create unique index roll_pupil_local on roll_pupil (org_id, local_id);
create index roll_pupil_upn on roll_pupil (org_id, upn);
create index roll_pupil_sort on roll_pupil (org_id, sort_key, id);
create index roll_pupil_made on roll_pupil (org_id, made_by);

create table roll_adult (
  org_id integer not null,
  id integer not null,
  local_id text not null default '',
  title text not null default '',
  forename text not null default '',
  surname text not null default '',
  name text not null,
  speaks text not null default '',
  reads text not null default '',
  interpreter integer check (interpreter in (0, 1)),
  needs text not null default '',
  address text not null default '',
  postcode text not null default '',
  search text not null default '',
  sort_key text not null default '',
  made_by integer,
  primary key (org_id, id)
) strict;
create index roll_adult_local on roll_adult (org_id, local_id);
create index roll_adult_sort on roll_adult (org_id, sort_key, id);
create index roll_adult_made on roll_adult (org_id, made_by);

-- A phone or an e-mail address is a way to reach an adult, never who they are: two adults may share one.
create table roll_channel (
  org_id integer not null,
  id integer not null,
  adult_id integer not null,
  kind text not null check (kind in ('phone', 'email')),
  value text not null,
  folded text not null,
  place integer not null default 1,
  note text not null default '',
  made_by integer,
  primary key (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create index roll_channel_adult on roll_channel (org_id, adult_id);
create index roll_channel_folded on roll_channel (org_id, folded);
create index roll_channel_made on roll_channel (org_id, made_by);

-- The root: this adult and this child.
create table roll_tie (
  org_id integer not null,
  id integer not null,
  pupil_id integer not null,
  adult_id integer not null,
  relationship text not null default '',
  responsibility text not null default 'unknown' check (responsibility in ('yes', 'no', 'unknown')),
  priority integer,
  lives_with integer check (lives_with in (0, 1)),
  starts text not null default '0000-01-01',
  ends text not null default '9999-12-31',
  made_by integer,
  primary key (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create unique index roll_tie_pair on roll_tie (org_id, pupil_id, adult_id);
create index roll_tie_adult on roll_tie (org_id, adult_id);
create index roll_tie_made on roll_tie (org_id, made_by);

-- An order or restriction on one tie. No import ever writes or ends one.
create table roll_order (
  org_id integer not null,
  id integer not null,
  tie_id integer not null,
  kind text not null check (kind in ('no_contact', 'no_information', 'no_address', 'supervised', 'reports_only')),
  decided_by text not null,
  evidence_seen text not null default '',
  starts text not null,
  ends text not null default '9999-12-31',
  review_on text not null default '',
  note text not null default '',
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, tie_id) references roll_tie (org_id, id)
) strict;
create index roll_order_tie on roll_order (org_id, tie_id);

create table roll_staff (
  org_id integer not null,
  id integer not null,
  local_id text not null default '',
  forename text not null default '',
  surname text not null default '',
  name text not null,
  email text not null default '',
  ends text not null default '9999-12-31',
  search text not null default '',
  sort_key text not null default '',
  made_by integer,
  primary key (org_id, id)
) strict;
create index roll_staff_local on roll_staff (org_id, local_id);
create index roll_staff_made on roll_staff (org_id, made_by);

create table roll_staff_role (
  org_id integer not null,
  id integer not null,
  staff_id integer not null,
  role text not null,
  starts text not null default '0000-01-01',
  ends text not null default '9999-12-31',
  made_by integer,
  primary key (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create index roll_staff_role_staff on roll_staff_role (org_id, staff_id);
create index roll_staff_role_made on roll_staff_role (org_id, made_by);

create table roll_class (
  org_id integer not null,
  id integer not null,
  local_id text not null,
  title text not null,
  kind text not null default 'class' check (kind in ('form', 'class', 'group')),
  year text not null default '',
  ends text not null default '9999-12-31',
  made_by integer,
  primary key (org_id, id)
) strict;
create unique index roll_class_local on roll_class (org_id, local_id);
create index roll_class_made on roll_class (org_id, made_by);

-- Who is in a class: a pupil in it, or a member of staff who takes it.
create table roll_member (
  org_id integer not null,
  id integer not null,
  local_id text not null default '',
  class_id integer not null,
  pupil_id integer,
  staff_id integer,
  starts text not null default '0000-01-01',
  ends text not null default '9999-12-31',
  made_by integer,
  primary key (org_id, id),
  check ((pupil_id is null) <> (staff_id is null)),
  foreign key (org_id, class_id) references roll_class (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create index roll_member_class on roll_member (org_id, class_id);
create index roll_member_pupil on roll_member (org_id, pupil_id);
create index roll_member_staff on roll_member (org_id, staff_id);
create index roll_member_made on roll_member (org_id, made_by);

-- Who among the staff works with a pupil by name, beyond teaching them.
create table roll_assignment (
  org_id integer not null,
  id integer not null,
  pupil_id integer not null,
  staff_id integer not null,
  part text not null check (part in ('key_teacher', 'family_worker', 'cover')),
  starts text not null,
  ends text not null default '9999-12-31',
  reason text not null default '',
  made_by integer,
  primary key (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create index roll_assignment_pupil on roll_assignment (org_id, pupil_id);
create index roll_assignment_staff on roll_assignment (org_id, staff_id);

-- Fields that a person set by hand. An import leaves them as they are until they are released.
create table roll_hand (
  org_id integer not null,
  record text not null check (record in ('pupil', 'adult', 'tie', 'staff')),
  row_id integer not null,
  field text not null,
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, record, row_id, field)
) strict;

-- A file said something else than a hand did.
create table roll_conflict (
  org_id integer not null,
  id integer not null,
  batch_id integer not null,
  record text not null,
  row_id integer not null,
  field text not null,
  ours text not null,
  theirs text not null,
  made_ms integer not null,
  settled_ms integer,
  settled text not null default '',
  made_by integer,
  primary key (org_id, id)
) strict;
create index roll_conflict_made on roll_conflict (org_id, made_by);

-- What a school decides for itself: its safeguarding route, its words, its thresholds that are not barrier rules.
create table roll_setting (
  org_id integer not null,
  name text not null,
  value text not null,
  by_name text not null default '',
  at_ms integer not null,
  primary key (org_id, name)
) strict;

-- Which member of staff works with which pupil, and when: by assignment, or by taking a class that the pupil is in.
create view roll_sight as
  select org_id, pupil_id, staff_id, starts, ends from roll_assignment
  union all
  select p.org_id, p.pupil_id, t.staff_id,
    case when p.starts > t.starts then p.starts else t.starts end as starts,
    case when p.ends < t.ends then p.ends else t.ends end as ends
  from roll_member p
  join roll_member t on t.org_id = p.org_id and t.class_id = p.class_id and t.staff_id is not null
  where p.pupil_id is not null;
