// Package awards is the room in which a school, a centre or a cluster works for an award: somebody else's, or one of its own. Several may run side by side.
//
// The objectives come from a framework of the kind “award”, which the school brings in (internal/audit); an award keeps its version for ever. Evidence is the
// library of the self-evaluation, shown here objective by objective, one piece for as many as it serves. The way is: audit, plan, an adviser's visit,
// assessment, decision. The lead may skip a step and says why, and whoever assesses reads it. When all is there the portfolio is frozen as a version; the
// assessor, who has not advised, decides each objective and the award. It runs out, and Ajar reminds 12, 9 and 3 months before.
//
// Tables: awards_award, awards_part, awards_step, awards_map, awards_comment, awards_version, awards_verdict, awards_decision, awards_reminder. Begin reading
// at the rules (rules.go), then Ready in ready.go. Why it is so: docs/adr/0029-awards.md.
package awards
