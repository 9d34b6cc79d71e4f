-- What a school has decided about words that nobody has checked. A school without a row sends neither drafts nor a translation service's words.
create table messages_wording (
  org_id integer not null,
  drafts integer not null default 0 check (drafts in (0, 1)),
  machine integer not null default 0 check (machine in (0, 1)),
  by_name text not null,
  changed_ms integer not null,
  primary key (org_id)
) strict;

-- A phrase in a language as this school sends it, which may be other words than those Ajar brings along; english is the sentence that they say, so that a change of it shows.
create table messages_phrase_words (
  org_id integer not null,
  phrase text not null,
  lang text not null,
  english text not null,
  words text not null,
  standing text not null check (standing in ('checked', 'draft')),
  by_name text not null,
  at_ms integer not null,
  primary key (org_id, phrase, lang)
) strict;
