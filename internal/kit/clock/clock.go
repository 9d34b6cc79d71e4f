// Package clock is where the time comes from, so that tests and the demo can hold it still.
package clock

import "time"

// Clock gives the time now and the zone in which a day begins.
type Clock struct {
	now  func() time.Time
	zone *time.Location
}

// London is the zone of English schools. The zone data is compiled in (see the import of time/tzdata in cmd/ajar).
func London() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.UTC
	}
	return l
}

// System is the real clock.
func System() Clock { return Clock{now: time.Now, zone: London()} }

// Ahead is the real clock set forward, for stories that go on a year later.
func Ahead(by time.Duration) Clock {
	return Clock{now: func() time.Time { return time.Now().Add(by) }, zone: London()}
}

// At is a clock that stands still.
func At(t time.Time) Clock { return Clock{now: func() time.Time { return t }, zone: London()} }

// Now is the time in UTC to the millisecond, which is what is stored.
func (c Clock) Now() time.Time { return c.now().UTC().Truncate(time.Millisecond) }

// Today is the date in the school's zone as YYYY-MM-DD.
func (c Clock) Today() string { return c.now().In(c.zone).Format(time.DateOnly) }

// Zone is where days begin and end.
func (c Clock) Zone() *time.Location { return c.zone }

// Zero tells whether no clock was given.
func (c Clock) Zero() bool { return c.now == nil }
