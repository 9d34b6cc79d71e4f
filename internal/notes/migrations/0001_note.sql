-- A note about a child. The words themselves are versions, in notes_text; search is the newest of them, folded.
create table notes_note (
  org_id integer not null,
  id integer not null,
  pupil_id integer not null,
  happened_on text not null,
  restricted integer not null default 0 check (restricted in (0, 1)),
  family integer not null default 0 check (family in (0, 1)),
  author_id integer,
  by_name text not null,
  version integer not null,
  search text not null default '',
  made_ms integer not null,
  struck_ms integer,
  struck_by text not null default '',
  struck_why text not null default '',
  primary key (org_id, id),
  check (restricted = 0 or family = 0),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id),
  foreign key (org_id, author_id) references roll_staff (org_id, id)
) strict;
create index notes_note_pupil on notes_note (org_id, pupil_id, happened_on);

create table notes_text (
  org_id integer not null,
  note_id integer not null,
  version integer not null,
  happened_on text not null,
  seen text not null default '',
  said text not null default '',
  did text not null default '',
  readers text not null default '',
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, note_id, version),
  foreign key (org_id, note_id) references notes_note (org_id, id)
) strict;

-- Who may read a restricted note besides its author and the safeguarding lead: a role, or one colleague.
create table notes_reader (
  org_id integer not null,
  id integer not null,
  note_id integer not null,
  role text not null default '',
  staff_id integer,
  primary key (org_id, id),
  check ((role = '') <> (staff_id is null)),
  foreign key (org_id, note_id) references notes_note (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create index notes_reader_note on notes_reader (org_id, note_id);

-- What somebody has begun to write: about a pupil, or to change a note (note_id; 0 for a new one).
create table notes_draft (
  org_id integer not null,
  staff_id integer not null,
  pupil_id integer not null,
  note_id integer not null,
  body text not null,
  at_ms integer not null,
  primary key (org_id, staff_id, pupil_id, note_id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
