// Package module is the one value that a capability hands to app: everything it adds to the product.
package module

import (
	"io/fs"

	"ajar/internal/kit/access"
	"ajar/internal/kit/web"
)

// Manifest of a capability.
type Manifest struct {
	Name       string // the folder, and the prefix of the tables
	Migrations fs.FS  // files NNNN_topic.sql at its root; nil for none
	Rights     []access.Right
	Routes     []web.Route
	Menu       []web.MenuItem
	Outlets    []Outlet
}

// Outlet is a way by which something about one person reaches another. What that takes is for the capability that keeps the people to say; here it
// only has a key and words.
type Outlet interface{ Outlet() (key, words string) }
