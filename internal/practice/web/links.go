package web

import (
	"net/url"

	"ajar/internal/kit/ids"
	"ajar/internal/practice"
)

// PracticePath is the first page; the others are the registers, the ladder and the stories.
const (
	PracticePath      = "/practice"
	PoliciesPath      = "/policies"
	DutiesPath        = "/duties"
	ParticipationPath = "/participation"
	StoriesPath       = "/stories"
	newStoryPath      = "/stories/new"
)

func policyPath(id ids.ID[practice.Policy]) string       { return PoliciesPath + "/" + id.String() }
func reviewPath(id ids.ID[practice.Policy]) string       { return policyPath(id) + "/review" }
func policyDropPath(id ids.ID[practice.Policy]) string   { return policyPath(id) + "/drop" }
func dutyPath(id ids.ID[practice.Duty]) string           { return DutiesPath + "/" + id.String() }
func dutyDropPath(id ids.ID[practice.Duty]) string       { return dutyPath(id) + "/drop" }
func activityPath(id ids.ID[practice.Activity]) string   { return ParticipationPath + "/" + id.String() }
func activityDrop(id ids.ID[practice.Activity]) string   { return activityPath(id) + "/drop" }
func ratePath(id ids.ID[practice.Activity]) string       { return activityPath(id) + "/rate" }
func parentRatePath(id ids.ID[practice.Activity]) string { return activityPath(id) + "/parents" }
func unratePath(id ids.ID[practice.Activity]) string     { return activityPath(id) + "/parents/back" }
func decisionPath(id ids.ID[practice.Activity]) string   { return activityPath(id) + "/decisions" }
func undecidePath(id ids.ID[practice.Activity], s ids.ID[practice.Shared]) string {
	return decisionPath(id) + "/" + s.String() + "/drop"
}
func paperPath(id ids.ID[practice.Activity]) string { return activityPath(id) + "/paper" }

// StoryPath is the page of a story.
func StoryPath(id practice.StoryID) string { return StoriesPath + "/" + id.String() }

func storyEditPath(id practice.StoryID) string { return StoryPath(id) + "/edit" }
func confirmPath(id practice.StoryID) string   { return StoryPath(id) + "/confirm" }
func publishPath(id practice.StoryID) string   { return StoryPath(id) + "/publish" }
func withdrawPath(id practice.StoryID) string  { return StoryPath(id) + "/withdraw" }
func readPath(id practice.StoryID) string      { return StoryPath(id) + "/read" }
func requestPath(id practice.StoryID) string   { return StoryPath(id) + "/request" }
func tagPath(tag string) string                { return StoriesPath + "?" + url.Values{"tag": {tag}}.Encode() }

// proveFirst leads to the second step, and from there to a page.
func proveFirst(next string) string { return "/prove?next=" + url.QueryEscape(next) }

func askPath(id ids.ID[practice.Activity]) string { return activityPath(id) + "/ask" }

// OwnPath is where a parent answers, at the family's door.
func OwnPath(id ids.ID[practice.Activity]) string { return "/f/activities/" + id.String() }

func ownAnswer(id ids.ID[practice.Activity]) string { return OwnPath(id) + "/answer" }
