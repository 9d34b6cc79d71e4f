// Package demo makes a fictional cluster to look around in: the same every time, because it grows from a seed, and rich enough to look real.
//
// One secondary school of 1,250 pupils, seven primary schools and two children's centres, with two years of attendance and results, separated
// parents, shared phones, orders in force, eleven home languages besides English, and conversations in every state. No person, school or
// number in it is real: places are invented, phones are from the ranges kept for drama, pupil numbers name an authority that does not
// exist, and every e-mail address ends in example.org.
//
// It has no tables of its own. It makes people (families.go), what is measured about them (measures.go) and what was said (talks.go), and
// load.go hands all of it to the capabilities by the same doors as anyone else's.
package demo
