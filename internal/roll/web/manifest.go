// Package web holds the pages of the roll.
package web

import (
	"ajar/internal/kit/module"
	"ajar/internal/roll"
)

// Manifest is what this capability adds to the product.
func Manifest(s *roll.Service) module.Manifest {
	return module.Manifest{Name: "roll", Rights: roll.Rights()}
}
