-- Undo reads the rows of one organisation through its primary key, and imports find people in memory. These indexes helped neither and cost each
-- imported row (measured with `make bench`).
drop index roll_pupil_made;
drop index roll_adult_made;
drop index roll_channel_made;
drop index roll_tie_made;
drop index roll_staff_made;
drop index roll_staff_role_made;
drop index roll_class_made;
drop index roll_member_made;
drop index roll_conflict_made;
drop index roll_adult_local;
drop index roll_staff_local;
