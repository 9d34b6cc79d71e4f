package web

import "ajar/internal/roll"

const (
	// TrailPath is the trail of the school.
	TrailPath     = "/trail"
	trailFilePath = "/trail/entries.csv"
)

func recordPath(id roll.PupilID) string { return "/pupils/" + id.String() }

// trailOf is the trail of one pupil.
func trailOf(id roll.PupilID) string { return TrailPath + "?pupil=" + id.String() }
