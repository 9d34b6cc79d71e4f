// Package barriers finds the families that a school may need to reach: its own dated rules for what may stand between a pupil and school, how many of them
// are met for each pupil (the I factor, a plain count), why, and the cohorts that people choose from the list.
//
// Ajar counts and explains; it predicts nothing and puts nobody into a cohort. Each barrier counts one. What is not known is shown apart and is never a no.
// The list of a past day is the one that was kept on that day.
//
// Tables: barriers_rule, barriers_standing, barriers_state, barriers_cohort, barriers_member, barriers_baseline.
//
// Begin reading at AsOf in service.go. standing.go puts together what is known about a pupil and asks the rules; rule.go and its neighbours read and decide
// a rule; list.go is today's list with its filters, pupil.go one pupil's account, figures.go the figures without names, cohort.go the cohorts, and web the
// pages.
package barriers
