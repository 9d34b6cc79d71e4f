-- Who is asked to which conversation, and everything that was said on the way to a time.
create table conversations_invitation (
  org_id integer not null,
  id integer not null,
  talk_id integer not null,
  adult_id integer not null,
  channel text not null check (channel in ('letter', 'call', 'in_person')),
  write_in text not null default '',
  interpreter integer check (interpreter in (0, 1)),
  offered text not null default '',
  suits text not null default '',
  sent_on text not null default '',
  printed_ms integer,
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create unique index conversations_invitation_one on conversations_invitation (org_id, talk_id, adult_id);
create index conversations_invitation_adult on conversations_invitation (org_id, adult_id);

-- The log: letters sent, calls made, replies, times agreed, times missed. Rows are added and never changed.
create table conversations_contact (
  org_id integer not null,
  id integer not null,
  talk_id integer not null,
  adult_id integer,
  kind text not null check (kind in ('letter', 'call', 'in_person', 'agreed', 'declined', 'held', 'did_not_come')),
  on_date text not null,
  at_time text not null default '',
  answered integer check (answered in (0, 1)),
  outcome text not null default '',
  note text not null default '',
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create index conversations_contact_talk on conversations_contact (org_id, talk_id, made_ms);

-- What colleagues think, asked for by a link to a short form.
create table conversations_reflection (
  org_id integer not null,
  id integer not null,
  talk_id integer not null,
  staff_id integer not null,
  asked_by text not null,
  asked_ms integer not null,
  well text not null default '',
  help text not null default '',
  answered_ms integer,
  primary key (org_id, id),
  foreign key (org_id, talk_id) references conversations_talk (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create unique index conversations_reflection_one on conversations_reflection (org_id, talk_id, staff_id);
create index conversations_reflection_staff on conversations_reflection (org_id, staff_id);
