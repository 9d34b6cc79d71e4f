// Package trail keeps who did what and who saw whom: the security log, to which entries are only ever added. ("Audit" is the school's
// self-evaluation and never this.)
//
// Every organisation has a chain of its own: each entry carries the hash of the one before it, so that Verify names the first one that was
// changed, taken out or put in. What belongs to no organisation, such as the sign-in of somebody unknown, has the chain of the house.
//
// What is done is written with Write, in the transaction of its cause: both are kept or neither. What is only seen is written with Note, which
// has it on the disk before it returns and yet never waits for the one writer of SQLite: see spool.go and docs/adr/0020-the-trail.md.
//
// Tables: trail_entry, trail_head, trail_cut; trail_house, trail_house_head, trail_house_cut and trail_spool of the installation.
// Begin reading at Write.
package trail
