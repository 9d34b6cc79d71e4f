-- Search reads through the folded text of everybody in an organisation. An index that holds nothing else is a fifth of the table to read.
create index roll_pupil_find on roll_pupil (org_id, search, id);
create index roll_adult_find on roll_adult (org_id, search, id);
