-- Words that the school keeps for use again, with slots in braces. roles are who may send it, joined by commas; none is everyone who may send at all.
create table messages_template (
  org_id integer not null,
  id integer not null,
  title text not null,
  class text not null check (class in ('urgent', 'service', 'promotional')),
  tone text not null check (tone in ('good', 'neutral', 'concern')),
  sensitive integer not null default 0 check (sensitive in (0, 1)),
  way text not null check (way in ('best', 'text', 'email', 'letter', 'call')),
  roles text not null default '',
  version integer not null default 1,
  by_name text not null,
  made_ms integer not null,
  ended_ms integer,
  primary key (org_id, id)
) strict;

-- Its words in each language; of_version is the version of the English that they say.
create table messages_template_words (
  org_id integer not null,
  template_id integer not null,
  lang text not null,
  subject text not null default '',
  body text not null default '',
  short text not null default '',
  standing text not null check (standing in ('original', 'checked', 'draft', 'machine')),
  of_version integer not null,
  by_name text not null default '',
  at_ms integer not null,
  primary key (org_id, template_id, lang),
  foreign key (org_id, template_id) references messages_template (org_id, id)
) strict;
