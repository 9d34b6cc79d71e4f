-- The ballot box of parents: how often each level of each criterion was chosen. No answer has a row, a time, an order or a key of its own. box is what was
-- handed in, shown is what is published of it.
create table audit_tally (
  org_id integer not null,
  audit_id integer not null,
  criterion text not null,
  level integer not null check (level between 1 and 5),
  box integer not null default 0,
  shown integer not null default 0,
  primary key (org_id, audit_id, criterion, level),
  foreign key (org_id, audit_id) references audit_audit (org_id, id)
) strict;

-- What parents wrote, all of it in one row and in the order of the alphabet.
create table audit_words (
  org_id integer not null,
  audit_id integer not null,
  box text not null default '[]',
  shown text not null default '[]',
  primary key (org_id, audit_id),
  foreign key (org_id, audit_id) references audit_audit (org_id, id)
) strict;

-- That an adult has handed in, so that nobody does so twice. It says nothing of when, or of what: its key is drawn by lot, unlike others, which hold the time.
create table audit_turn (
  org_id integer not null,
  id integer not null,
  audit_id integer not null,
  adult_id integer not null,
  primary key (org_id, id),
  unique (org_id, audit_id, adult_id),
  foreign key (org_id, audit_id) references audit_audit (org_id, id),
  foreign key (org_id, adult_id) references roll_adult (org_id, id)
) strict;

-- What a parent has begun and not handed in. It is sealed with a key that only their browser has, and found by a hash of it: nobody here can read it or say
-- whose it is.
create table audit_begun (
  org_id integer not null,
  audit_id integer not null,
  seal text not null,
  body blob not null,
  primary key (org_id, audit_id, seal),
  foreign key (org_id, audit_id) references audit_audit (org_id, id)
) strict;
