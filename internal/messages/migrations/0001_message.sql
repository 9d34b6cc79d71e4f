-- A message as somebody wrote it, and what became of it as a whole. audience is written in JSON: who was chosen, not who they were.
create table messages_message (
  org_id integer not null,
  id integer not null,
  title text not null,
  class text not null check (class in ('urgent', 'service', 'promotional')),
  tone text not null check (tone in ('good', 'neutral', 'concern')),
  sensitive integer not null default 0 check (sensitive in (0, 1)),
  way text not null check (way in ('best', 'text', 'email', 'letter', 'call')),
  audience text not null,
  audience_words text not null default '',
  template_id integer,
  state text not null check (state in ('draft', 'waiting', 'held', 'gone', 'taken_back', 'thrown_away')),
  version integer not null default 1,
  trial integer not null default 0 check (trial in (0, 1)),
  made_by integer,
  by_name text not null,
  made_ms integer not null,
  changed_ms integer not null,
  asked_ms integer,
  approved_by integer,
  approved_name text not null default '',
  approved_ms integer,
  leaves_ms integer,
  ended_ms integer,
  ended_by text not null default '',
  primary key (org_id, id),
  foreign key (org_id, made_by) references roll_staff (org_id, id),
  foreign key (org_id, approved_by) references roll_staff (org_id, id)
) strict;
create index messages_message_made on messages_message (org_id, made_ms);
create index messages_message_open on messages_message (org_id, state) where state in ('waiting', 'held');

-- Its words in each language. short is what goes as a text; body is what is read in an e-mail or a letter. standing says who answers for the words.
create table messages_words (
  org_id integer not null,
  message_id integer not null,
  lang text not null,
  subject text not null default '',
  body text not null default '',
  short text not null default '',
  standing text not null check (standing in ('original', 'checked', 'draft', 'machine')),
  by_name text not null default '',
  primary key (org_id, message_id, lang),
  foreign key (org_id, message_id) references messages_message (org_id, id)
) strict;

-- One copy for one adult, by one way. item_id is what post sends; a letter is printed and a call is made by a person.
create table messages_copy (
  org_id integer not null,
  id integer not null,
  message_id integer not null,
  adult_id integer not null,
  way text not null check (way in ('text', 'email', 'letter', 'call', 'none')),
  lang text not null,
  standing text not null default 'original',
  why text not null default '',
  folded text not null default '',
  item_id integer not null default 0,
  state text not null check (state in ('post', 'open', 'done', 'none', 'stopped', 'trial')),
  done_ms integer,
  done_by text not null default '',
  note text not null default '',
  primary key (org_id, id),
  foreign key (org_id, message_id) references messages_message (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;
create index messages_copy_once on messages_copy (org_id, message_id, adult_id);
create index messages_copy_adult on messages_copy (org_id, adult_id);
create index messages_copy_item on messages_copy (org_id, item_id) where item_id <> 0;
create index messages_copy_open on messages_copy (org_id, way) where state = 'open';

-- The children whom a copy is about.
create table messages_child (
  org_id integer not null,
  copy_id integer not null,
  pupil_id integer not null,
  primary key (org_id, copy_id, pupil_id),
  foreign key (org_id, copy_id) references messages_copy (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create index messages_child_pupil on messages_child (org_id, pupil_id);
