// Package sharing is how schools work together without giving up what is theirs. Two heads agree by exchanging a code; each school then chooses what it
// lets flow to the other: figures, families by name, hand-over packs. Each can stop a flow, or leave, and what it had given is out of reach from the
// next request on. A school stays the controller of its own record (domain notes 6.1): a family that is shared is read where it lies and not copied; only
// a hand-over pack becomes the receiver's.
//
// Tables: sharing_code, sharing_agreement and sharing_flow of the installation, sharing_family and sharing_pack of each school. Begin reading at Sign.
package sharing
