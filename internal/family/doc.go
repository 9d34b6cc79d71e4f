// Package family is the door for parents and carers, who have no account: personal links and codes, the devices that are remembered, the one known
// fact that records ask for, what the school holds and who can see it, and what a parent asks to be changed about themselves.
//
// A link is for one adult and one thing: a sheet, an appointment, or the adult's own page. Opening it shows a button; pressing the button remembers the
// device. Nothing here keeps a right of its own: at each request the tie, the orders and the roll are asked again (roll.OpenTo), so a link dies with them.
//
// A link goes by text or e-mail to what reaches the adult best (sending.go). An adult with children in several connected schools sees them together and is
// led from door to door (schools.go, docs/adr/0025-what-a-neighbour-is-told.md).
//
// Rooms above offer things to read by Offer, and say what they hold about a child by Hold.
//
// Tables: family_link, family_choice, family_wish, family_ask; of the installation family_key, family_device, family_reader. Begin reading at Identify
// in door.go, then Issue in links.go. Why it is so: docs/adr/0015-the-family-door.md.
package family
