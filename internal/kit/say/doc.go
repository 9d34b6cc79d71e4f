// Package say holds what Ajar says to families, in the language they read.
//
// A room declares each of its texts once, as a package variable beside the page that shows it, with a key and the English:
//
//	var hello = say.Text("family.hello", "Hello {name}")
//	var children = say.Count("family.children", "{n} child", "{n} children")
//
// and a page speaks it in the reader's language:
//
//	l := say.Tongue("ur")
//	l.Put(hello, say.Args{"name": adult.Forename})
//	l.Put(children, say.Args{"n": 3})
//
// The other languages stand in catalogues, one YAML file a language in a folder texts/ of the room, embedded with
// Catalogues. A catalogue repeats the English it was made from, so that a text whose English has changed since is noticed;
// it is a draft until a person who reads the language has checked it. What a catalogue lacks is said in English, and the
// test in internal/app fails.
//
// What staff type is never translated here: it is somebody's own words.
//
// Where to begin: text.go (declaring), lang.go (the languages and speaking), dates.go, catalogue.go (files), review.go (what must hold of them).
// There are no tables.
package say
