// Package web holds the pages of the family's door, which parents and carers open by their links, and the pages by which staff give such links and answer
// what parents ask. The texts for families stand in texts.go; every address is made in links.go.
package web
