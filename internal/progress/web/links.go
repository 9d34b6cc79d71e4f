package web

import "ajar/internal/roll"

// SchoolPath is the page of the school's figures.
const SchoolPath = "/progress"

func pupilPath(id roll.PupilID) string { return "/pupils/" + id.String() }

// PupilPath is the page of one pupil's attendance, results and counts.
func PupilPath(id roll.PupilID) string { return pupilPath(id) + "/progress" }

func resultPath(id roll.PupilID) string { return PupilPath(id) + "/result" }
func countPath(id roll.PupilID) string  { return PupilPath(id) + "/count" }
func markPath(id roll.PupilID) string   { return PupilPath(id) + "/mark" }
