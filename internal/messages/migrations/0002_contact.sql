-- Something that was said, either way: a reply that came in, a call, a word at the gate. owner is whose turn it is; a reply without an answer waits for them.
create table messages_contact (
  org_id integer not null,
  id integer not null,
  adult_id integer,
  way text not null check (way in ('text', 'email', 'letter', 'call', 'gate', 'visit', 'meeting', 'card')),
  direction text not null check (direction in ('in', 'out')),
  tone text not null check (tone in ('good', 'neutral', 'concern')),
  words text not null default '',
  outcome text not null default '' check (outcome in ('', 'spoke', 'no_answer', 'left_word')),
  lang text not null default '',
  happened_on text not null,
  at_ms integer not null,
  staff_id integer,
  by_name text not null,
  made_ms integer not null,
  copy_id integer not null default 0,
  folded text not null default '',
  owner_id integer,
  asked_ms integer,
  escalated_ms integer,
  answered_ms integer,
  answered_by text not null default '',
  answer text not null default '',
  readers text not null default '',
  struck_ms integer,
  struck_by text not null default '',
  struck_why text not null default '',
  primary key (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id),
  foreign key (org_id, owner_id) references roll_staff (org_id, id)
) strict;
create index messages_contact_adult on messages_contact (org_id, adult_id, at_ms);
create index messages_contact_owner on messages_contact (org_id, owner_id) where asked_ms is not null and answered_ms is null;

create table messages_about (
  org_id integer not null,
  contact_id integer not null,
  pupil_id integer not null,
  primary key (org_id, contact_id, pupil_id),
  foreign key (org_id, contact_id) references messages_contact (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create index messages_about_pupil on messages_about (org_id, pupil_id);

-- Numbers and addresses whose owner asked for no more messages (stop), or that belong to somebody else (wrong). A row with ended_ms is over.
create table messages_stop (
  org_id integer not null,
  id integer not null,
  kind text not null check (kind in ('phone', 'email')),
  folded text not null,
  why text not null check (why in ('stop', 'wrong')),
  words text not null default '',
  since_ms integer not null,
  by_name text not null,
  ended_ms integer,
  ended_by text not null default '',
  primary key (org_id, id)
) strict;
create index messages_stop_folded on messages_stop (org_id, kind, folded);
