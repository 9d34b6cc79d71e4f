// Package practice keeps, beside the plan, what shows how a school works with families: the register of policies and when each was last looked at, the roles
// of staff whose job description carries it, how deep parents take part in decisions, and stories of practice that others may learn from.
//
// Depth is a spread, never a score: staff choose a rung of the ladder, parents choose theirs apart, in plain words, and the two stand side by side. A story
// about a family needs the family's consent, and one in which a name, an age or a date is found waits until a person has looked.
//
// Tables: practice_policy, practice_review, practice_duty, practice_activity, practice_rung, practice_tally, practice_turn, practice_share, practice_story, practice_use. Begin reading at
// the rules (rules.go).
package practice
