-- Who is in a class, and who works with whom, read from the index alone. Without the second column SQLite began at all pupils of the school for each class
-- of a teacher: it took 126 ms to list 180 pupils of 12,000 (measured: docs/performance.md).
create index roll_member_of on roll_member (org_id, class_id, pupil_id, starts, ends);
create index roll_assignment_of on roll_assignment (org_id, staff_id, starts, ends, pupil_id);
