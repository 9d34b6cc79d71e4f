-- global: sharing_code
-- global: sharing_agreement
-- global: sharing_flow
-- A code by which the head of one school invites another. Only its hash is kept; it works once and not for long.
create table sharing_code (
  code_hash text primary key,
  org integer not null references roll_org (id),
  grouping integer references roll_org (id),
  purpose text not null,
  basis text not null,
  review_on text not null,
  gives text not null default '',
  made_by text not null,
  made_ms integer not null,
  ends_ms integer not null,
  used_ms integer
) strict;

-- What two schools have agreed, signed by both heads. It belongs to neither alone, so it lies in the installation and every reading names the school.
create table sharing_agreement (
  id integer primary key,
  org_a integer not null references roll_org (id),
  org_b integer not null references roll_org (id),
  grouping integer references roll_org (id),
  purpose text not null,
  basis text not null,
  review_on text not null,
  signed_a text not null,
  signed_b text not null,
  starts text not null,
  ends text not null default '9999-12-31',
  ended_by integer,
  ended_name text not null default '',
  ended_why text not null default '',
  made_ms integer not null
) strict;
create index sharing_agreement_a on sharing_agreement (org_a);
create index sharing_agreement_b on sharing_agreement (org_b);

-- What one organisation lets flow to another, as decided each time. The latest row holds; the earlier ones say what held before.
create table sharing_flow (
  id integer primary key,
  from_org integer not null references roll_org (id),
  to_org integer not null references roll_org (id),
  kind text not null check (kind in ('counts', 'families', 'packs')),
  allowed integer not null check (allowed in (0, 1)),
  by_name text not null,
  at_ms integer not null
) strict;
create index sharing_flow_pair on sharing_flow (from_org, to_org, kind, at_ms);

-- A family that the other school may know by name, why, and how the family was told. It lies with the school that shares and is read there each time, so
-- that taking it back works from the next request on.
create table sharing_family (
  org_id integer not null,
  id integer not null,
  agreement integer not null,
  pupil_id integer not null,
  purpose text not null,
  note text not null default '',
  told_on text not null,
  told_how text not null,
  starts text not null,
  ends text not null,
  by_name text not null,
  made_ms integer not null,
  ended_name text not null default '',
  primary key (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create index sharing_family_pupil on sharing_family (org_id, pupil_id);
create index sharing_family_agreement on sharing_family (org_id, agreement);

-- A hand-over pack. The sender keeps what was sent; the receiver's copy is the receiver's own record from then on.
create table sharing_pack (
  org_id integer not null,
  id integer not null,
  agreement integer not null,
  direction text not null check (direction in ('sent', 'received')),
  other integer not null,
  pupil_id integer,
  pupil_name text not null,
  why text not null,
  body text not null,
  by_name text not null,
  made_ms integer not null,
  opened_ms integer,
  opened_by text not null default '',
  primary key (org_id, id),
  foreign key (org_id, pupil_id) references roll_pupil (org_id, id)
) strict;
create index sharing_pack_made on sharing_pack (org_id, direction, made_ms);
