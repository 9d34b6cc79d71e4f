//go:build journey

package main

import (
	"os"
	"time"

	"ajar/internal/kit/clock"
)

// theClock can be set forward, so that a journey goes on a year later. The file is left out of the program unless it is built with the tag “journey”.
func theClock() clock.Clock {
	by, _ := time.ParseDuration(os.Getenv("AJAR_JOURNEY_AHEAD"))
	return clock.Ahead(by)
}
