// Package audit is a school's self-evaluation: where are we in our work with families, how do staff, governors and parents see it, and what changed since
// last time. (The security log is the trail, and lives in internal/kit/trail.)
//
// A framework is a text file with themes, criteria and five described levels each (framework.go, framework_file.go; ours are in frameworks/). An audit is run
// under one version of one framework, which is kept with it for ever. Colleagues, governors and partners rate signed in, or on paper that is keyed in under their
// name. Parents answer through the family's door or on paper, and what they say goes into a ballot box: a count for each level of each criterion, and nothing
// else (box.go). Counts are shown once the audit is closed and at least five have answered (rules.go). The team then agrees a level with a reason.
//
// Tables: audit_framework, audit_audit, audit_rater, audit_rating, audit_tally, audit_words, audit_turn, audit_begun, audit_file, audit_evidence, audit_use,
// audit_agreed, audit_carried, audit_give, audit_picture, audit_picture_piece. Begin reading at Service.Start in service.go, then Results in
// results.go; what members of a cluster let it see together begins at Cluster in cluster.go. Why it is so: docs/adr/0027-frameworks-as-data.md and
// docs/adr/0030-together-without-naming.md.
package audit
