// Package arch holds the house up: it knows which part of Ajar may lean on which, and reads the tree to see that nothing leans the wrong way.
//
// levels.go is the list of levels. Each other file is one kind of rule, as a function from the tree to what it found: imports.go, sqltext.go,
// links.go, files.go. house_test.go runs them all over the real tree; rules_test.go shows of each that it would notice. What is allowed against
// a rule stands in exceptions.go with its reason. Nothing imports this package and it imports nothing of Ajar.
package arch
