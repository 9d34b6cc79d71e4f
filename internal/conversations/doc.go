// Package conversations is the structured conversation between a key teacher and a family: asked for, prepared, held, agreed and reviewed.
//
// A programme has rounds. Each pupil chosen for it has one conversation in each round that is not the whole-school review, and a separated
// parent can have one of their own. The parent talks first; the school's actions come first; what was agreed goes home on a page or two.
// Ajar promises no attainment from it: the large trial of the programme that these conversations come from was negative (domain 2.4). It counts
// whom a school reached, what was agreed, and what became of it.
//
// A concern about a child's safety is never kept here. A field that may hold one is not stored (worry.go): the page shows the school's own route
// (roll.Safeguarding), and a person takes the words out or says that they are no such worry.
//
// Tables: conversations_programme, _round, _talk (one family row of the coverage table), _invitation, _contact (the log of letters, calls and replies),
// _reflection, _draft and _draft_past (notes while the talk goes on), _text (the agreed versions), _agreement, _copy, _target, _feedback.
//
// Begin reading at conversations.go for the types, rules.go for what is decided, and Standing for how a family is counted.
package conversations
