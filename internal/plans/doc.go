// Package plans holds what a school, a children's centre or a cluster means to do about its work with families: priorities from the gaps that other
// rooms have found, actions with an owner and a day, what has happened since, what they serve, and what governors read of it. A plan needs no meeting: the
// owner writes a line, and the page says to everyone what is done, under way and overdue.
//
// Above the actions stands a tree of objectives: the authority's, the cluster's, the school's own. Those of a grouping are read where they lie; what goes up
// is a count of actions, and only where the school's head lets it.
//
// Tables: plans_plan, plans_action, plans_entry (history), plans_evidence, plans_objective, plans_link, plans_yardstick, plans_vision, plans_consultation.
// Begin reading at Add in service.go. Rooms above give their gaps by Offer and what they measure by OfferMeasure (sockets.go).
package plans
