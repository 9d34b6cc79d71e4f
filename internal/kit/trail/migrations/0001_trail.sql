-- global: trail_house
-- global: trail_house_head
-- global: trail_house_cut
-- global: trail_spool
-- What happened in one organisation, in order. Each entry carries the hash of the one before it, so that nothing can be changed, taken out or
-- put in between without the chain telling.
create table trail_entry (
  org_id integer not null,
  id integer not null,
  at_ms integer not null,
  who text not null default '',
  staff integer not null default 0,
  adult integer not null default 0,
  kind text not null,
  about text not null default '',
  key integer not null default 0,
  words text not null default '',
  prev blob not null,
  hash blob not null,
  primary key (org_id, id)
) strict;
create index trail_entry_about on trail_entry (org_id, about, key, id);
create index trail_entry_staff on trail_entry (org_id, staff, id);
create index trail_entry_at on trail_entry (org_id, at_ms);

-- The end of the chain. Whoever adds an entry holds this row until the transaction ends, so that two processes never fork the chain.
create table trail_head (
  org_id integer not null primary key,
  seq integer not null,
  hash blob not null
) strict;

-- Where the chain begins after old entries were removed by schedule: everything up to id is gone, and the last of it had this hash.
create table trail_cut (
  org_id integer not null,
  id integer not null,
  hash blob not null,
  entries integer not null,
  first_ms integer not null,
  last_ms integer not null,
  at_ms integer not null,
  primary key (org_id, id)
) strict;

-- The same three for what belongs to no organisation: sign-ins of unknown people, and Ajar's work on the installation.
create table trail_house (
  id integer not null primary key,
  at_ms integer not null,
  who text not null default '',
  staff integer not null default 0,
  adult integer not null default 0,
  kind text not null,
  about text not null default '',
  key integer not null default 0,
  words text not null default '',
  prev blob not null,
  hash blob not null
) strict;
create index trail_house_at on trail_house (at_ms);

create table trail_house_head (
  id integer not null primary key,
  seq integer not null,
  hash blob not null
) strict;

create table trail_house_cut (
  id integer not null primary key,
  hash blob not null,
  entries integer not null,
  first_ms integer not null,
  last_ms integer not null,
  at_ms integer not null
) strict;

-- How far each spool file has been put into the chains, so that after a crash nothing comes in twice.
create table trail_spool (
  name text not null primary key,
  upto integer not null
) strict;

-- Nobody changes the trail, and only what a cut covers may be removed.
-- only: SQLite
create trigger trail_entry_kept before update on trail_entry begin select raise(abort, 'the trail is never changed'); end;
create trigger trail_entry_stays before delete on trail_entry when not exists (select 1 from trail_cut c where c.org_id = old.org_id and c.id >= old.id) begin select raise(abort, 'the trail is never changed'); end;
create trigger trail_cut_kept before update on trail_cut begin select raise(abort, 'the trail is never changed'); end;
create trigger trail_cut_stays before delete on trail_cut begin select raise(abort, 'the trail is never changed'); end;
create trigger trail_house_kept before update on trail_house begin select raise(abort, 'the trail is never changed'); end;
create trigger trail_house_stays before delete on trail_house when not exists (select 1 from trail_house_cut c where c.id >= old.id) begin select raise(abort, 'the trail is never changed'); end;
create trigger trail_house_cut_kept before update on trail_house_cut begin select raise(abort, 'the trail is never changed'); end;
create trigger trail_house_cut_stays before delete on trail_house_cut begin select raise(abort, 'the trail is never changed'); end;
-- end
-- only: PostgreSQL
create function trail_refuse() returns trigger language plpgsql as $f$ begin raise exception 'the trail is never changed'; end $f$;
create function trail_refuse_uncut() returns trigger language plpgsql as $f$ begin if exists (select 1 from trail_cut c where c.org_id = old.org_id and c.id >= old.id) then return old; end if; raise exception 'the trail is never changed'; end $f$;
create function trail_refuse_house() returns trigger language plpgsql as $f$ begin if exists (select 1 from trail_house_cut c where c.id >= old.id) then return old; end if; raise exception 'the trail is never changed'; end $f$;
create trigger trail_entry_kept before update on trail_entry for each row execute function trail_refuse();
create trigger trail_entry_stays before delete on trail_entry for each row execute function trail_refuse_uncut();
create trigger trail_entry_whole before truncate on trail_entry for each statement execute function trail_refuse();
create trigger trail_cut_kept before update or delete on trail_cut for each row execute function trail_refuse();
create trigger trail_cut_whole before truncate on trail_cut for each statement execute function trail_refuse();
create trigger trail_house_kept before update on trail_house for each row execute function trail_refuse();
create trigger trail_house_stays before delete on trail_house for each row execute function trail_refuse_house();
create trigger trail_house_whole before truncate on trail_house for each statement execute function trail_refuse();
create trigger trail_house_cut_kept before update or delete on trail_house_cut for each row execute function trail_refuse();
create trigger trail_house_cut_whole before truncate on trail_house_cut for each statement execute function trail_refuse();
-- end
