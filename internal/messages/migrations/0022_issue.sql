-- A monthly issue of the newsletter. Once it is published, whoever has its address may read it.
create table messages_issue (
  org_id integer not null,
  id integer not null,
  month text not null,
  title text not null,
  intro text not null default '',
  version integer not null default 1,
  by_name text not null,
  made_ms integer not null,
  published_ms integer,
  published_on text not null default '',
  published_by text not null default '',
  primary key (org_id, id)
) strict;
create index messages_issue_month on messages_issue (org_id, month);

-- What stands in an issue: a date to come (day), something that was said and done, a story, or other news.
create table messages_issue_item (
  org_id integer not null,
  id integer not null,
  issue_id integer not null,
  kind text not null check (kind in ('date', 'did', 'story', 'news')),
  day text not null default '',
  title text not null,
  words text not null default '',
  link text not null default '',
  source text not null default '',
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, issue_id) references messages_issue (org_id, id)
) strict;
create index messages_issue_item_issue on messages_issue_item (org_id, issue_id);

-- A picture of an issue, with the words for those who do not see it.
create table messages_issue_picture (
  org_id integer not null,
  id integer not null,
  issue_id integer not null,
  kind text not null check (kind in ('image/png', 'image/jpeg')),
  alt text not null,
  body blob not null,
  made_ms integer not null,
  primary key (org_id, id),
  foreign key (org_id, issue_id) references messages_issue (org_id, id)
) strict;
create index messages_issue_picture_issue on messages_issue_picture (org_id, issue_id);
