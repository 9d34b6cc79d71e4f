-- When the first note of a talk was saved: the quiet clock on the page of the talk counts from it.
alter table conversations_talk add column began_ms integer;
