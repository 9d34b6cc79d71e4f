-- Praise on its way to a child's family: a postcard or a letter, made for many at once, signed one by one, and printed for each adult who may have it.
create table messages_praise (
  org_id integer not null,
  id integer not null,
  kind text not null check (kind in ('card', 'letter')),
  pupil_id integer not null,
  template_id integer not null default 0,
  subject text not null default '',
  body text not null,
  what text not null default '',
  version integer not null default 1,
  made_by integer,
  by_name text not null,
  made_ms integer not null,
  signed_by integer,
  signed_name text not null default '',
  signed_ms integer,
  printed_ms integer,
  dropped_ms integer,
  primary key (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id),
  foreign key (org_id, made_by) references roll_staff (org_id, id),
  foreign key (org_id, signed_by) references roll_staff (org_id, id)
) strict;
create index messages_praise_pupil on messages_praise (org_id, pupil_id);
create index messages_praise_open on messages_praise (org_id, made_ms) where printed_ms is null and dropped_ms is null;
