-- Who is the key contact of a child's family, by date. The one of today is the last that has begun and not ended.
create table messages_key (
  org_id integer not null,
  id integer not null,
  pupil_id integer not null,
  staff_id integer not null,
  deputy_id integer,
  starts text not null,
  ends text not null default '9999-12-31',
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id),
  foreign key (org_id, deputy_id) references roll_staff (org_id, id)
) strict;
create index messages_key_pupil on messages_key (org_id, pupil_id, starts);
create index messages_key_staff on messages_key (org_id, staff_id);
