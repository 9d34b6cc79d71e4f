// Package roll is who there is: organisations, pupils, adults, the ties between them, staff and classes, and how they are brought in.
//
// The tie is the root. An adult has rights for one child through one tie, and may have others for another child; a phone or an e-mail
// address is only a way to reach an adult. Orders hang on ties, and everything that reaches out asks Relation.Barred first.
//
// Tables: roll_org, roll_membership, roll_succession, roll_register (for the whole installation); roll_pupil, roll_adult, roll_channel,
// roll_tie, roll_order, roll_staff, roll_staff_role, roll_class, roll_member, roll_assignment, roll_hand, roll_conflict, roll_setting, and the
// views roll_sight and roll_own. roll_merge and roll_merge_step remember which records were joined, roll_apart who are two people, roll_hat which
// colleague is also an adult here.
//
// Begin reading at people.go for the types, Enter in service.go for how one pupil is opened, and rights.go for who may.
package roll
