-- An objective of the organisation that set it. Those who belong to it read it there; what it serves may be an objective of the level above.
create table plans_objective (
  org_id integer not null,
  id integer not null,
  code text not null,
  words text not null,
  above_org integer,
  above_id integer,
  starts text not null,
  ends text not null default '9999-12-31',
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id)
) strict;

-- An action, or something that is measured, serves an objective, which may be another organisation's.
create table plans_link (
  org_id integer not null,
  id integer not null,
  action_id integer not null,
  objective_org integer not null,
  objective_id integer not null,
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id),
  unique (org_id, action_id, objective_org, objective_id),
  foreign key (org_id, action_id) references plans_action (org_id, id)
) strict;
create index plans_link_objective on plans_link (org_id, objective_org, objective_id);

create table plans_yardstick (
  org_id integer not null,
  id integer not null,
  measure text not null,
  objective_org integer not null,
  objective_id integer not null,
  made_ms integer not null,
  primary key (org_id, id),
  unique (org_id, measure, objective_org, objective_id)
) strict;

-- The vision, as it was adopted each time. The latest holds.
create table plans_vision (
  org_id integer not null,
  id integer not null,
  words text not null,
  adopted_on text not null,
  consulted text not null,
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id)
) strict;
create index plans_vision_adopted on plans_vision (org_id, adopted_on);

-- Whom to ask each year, by when, and what came of it. When one is done, the next stands a year later.
create table plans_consultation (
  org_id integer not null,
  id integer not null,
  whom text not null,
  how text not null default '',
  due text not null,
  done_on text not null default '',
  came_of_it text not null default '',
  by_name text not null,
  made_ms integer not null,
  primary key (org_id, id)
) strict;
create index plans_consultation_due on plans_consultation (org_id, due);
