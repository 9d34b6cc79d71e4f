// Package peers is how schools of one cluster help each other. One that stands well at something in its own audit says that it is willing to help, and until
// when; another with a gap there sees it beside the gap and asks. Both write down what came of a visit, and both read it. No word about a child or a family
// belongs here: what is typed is held against the names that the writing school has on record.
//
// An offer is a notice to the others of a cluster, and an exchange belongs to two schools, so they lie in the installation like agreements do: nobody has a
// copy, and every reading names the school that reads.
//
// Tables: peers_offer, peers_exchange, peers_visit and peers_log, all of the installation. Begin reading at Offer in offers.go. Why it is so:
// docs/adr/0030-together-without-naming.md.
package peers
