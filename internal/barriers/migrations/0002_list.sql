-- The list narrows by I factor and year group, and counts year groups, without visiting a row: what it costs then hangs on the school alone and not on
-- how many schools share the store.
drop index barriers_standing_now;
create index barriers_standing_list on barriers_standing (org_id, to_on, i_factor, pupil_id, year);
