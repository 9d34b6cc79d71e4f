-- A tie in full: where parental responsibility comes from and when the papers were seen, whom to call in an emergency, whether letters are wanted,
-- and on which days the child is with them (1 for Monday … 7 for Sunday).
alter table roll_tie add column source text not null default '';
alter table roll_tie add column source_seen text not null default '';
alter table roll_tie add column emergency integer;
alter table roll_tie add column letters integer;
alter table roll_tie add column stays text not null default '';
alter table roll_tie add column stays_words text not null default '';
-- What helps an adult take part, as a list that letters and lists of calls obey, beside the words there are.
alter table roll_adult add column helps text not null default '';
-- Orders that somebody has to look at again.
create index roll_order_review on roll_order (org_id, review_on);
