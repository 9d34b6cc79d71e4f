//go:build !journey

package main

import "ajar/internal/kit/clock"

// theClock is the real one. Only the program of the journeys, which nobody runs a school with, has another (clock_journey.go).
func theClock() clock.Clock { return clock.System() }
