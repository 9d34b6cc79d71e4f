-- What somebody has begun to note of a call or a word with a family. pupil_id is 0 where they began without a child's page.
create table messages_log_draft (
  org_id integer not null,
  staff_id integer not null,
  pupil_id integer not null,
  body text not null,
  at_ms integer not null,
  primary key (org_id, staff_id, pupil_id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create index messages_contact_time on messages_contact (org_id, at_ms);
