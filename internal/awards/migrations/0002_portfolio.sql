-- A piece of evidence where it is shown: for an objective, or for one criterion under it. The same piece can stand in many places. A carried one came along
-- from the run before; seen_on is the day on which somebody said that it still holds.
create table awards_map (
  org_id integer not null,
  id integer not null,
  award_id integer not null,
  objective text not null,
  criterion text not null default '',
  evidence_id integer not null,
  words text not null default '',
  carried integer not null default 0 check (carried in (0, 1)),
  seen_on text not null default '',
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, award_id) references awards_award (org_id, id),
  foreign key (org_id, evidence_id) references audit_evidence (org_id, id)
) strict;
create unique index awards_map_once on awards_map (org_id, award_id, objective, criterion, evidence_id);
create index awards_map_evidence on awards_map (org_id, evidence_id);

-- What an adviser said of an objective, or of a visit (with its day, and without an objective).
create table awards_comment (
  org_id integer not null,
  id integer not null,
  award_id integer not null,
  objective text not null default '',
  visit_on text not null default '',
  words text not null,
  staff_id integer not null,
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, award_id) references awards_award (org_id, id),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create index awards_comment_award on awards_comment (org_id, award_id, at_ms);

-- The portfolio as it was when the lead said that it is ready: what the assessor sees, for ever.
create table awards_version (
  org_id integer not null,
  award_id integer not null,
  no integer not null,
  day text not null,
  body text not null,
  by_name text not null,
  at_ms integer not null,
  taken_back_ms integer,
  primary key (org_id, award_id, no),
  foreign key (org_id, award_id) references awards_award (org_id, id)
) strict;

-- What the assessor says of each objective of a version.
create table awards_verdict (
  org_id integer not null,
  award_id integer not null,
  no integer not null,
  objective text not null,
  met integer not null check (met in (0, 1)),
  words text not null default '',
  staff_id integer not null,
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, award_id, no, objective),
  foreign key (org_id, award_id, no) references awards_version (org_id, award_id, no),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;

-- The decision: by the assessor in Ajar (staff_id), or elsewhere by whoever is named, and written down by by_name. no is the version that was assessed; nothing
-- for an award that was there before its evidence was in Ajar.
create table awards_decision (
  org_id integer not null,
  award_id integer not null,
  id integer not null,
  no integer,
  outcome text not null check (outcome in ('awarded', 'not_yet')),
  day text not null,
  words text not null default '',
  staff_id integer,
  decided_by text not null,
  certificate text not null default '',
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, award_id) references awards_award (org_id, id),
  foreign key (org_id, award_id, no) references awards_version (org_id, award_id, no),
  foreign key (org_id, staff_id) references roll_staff (org_id, id)
) strict;
create index awards_decision_award on awards_decision (org_id, award_id);

-- That somebody was reminded so many months before the award runs out: each once. sent is to how many people a message went; -1 for one that had passed.
create table awards_reminder (
  org_id integer not null,
  award_id integer not null,
  months integer not null,
  sent integer not null default 0,
  at_ms integer not null,
  primary key (org_id, award_id, months),
  foreign key (org_id, award_id) references awards_award (org_id, id)
) strict;
