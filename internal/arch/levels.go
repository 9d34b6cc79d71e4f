package arch

import "strings"

// Module is the name all imports within Ajar begin with.
const Module = "ajar"

// Levels lists the folders of internal/, lowest level first. A folder may import folders of lower levels, and none of its own level or above.
// What needs to look up or sideways wants an event, a panel, a measure, a person-data handler, or a type that belongs lower.
var Levels = [][]string{
	{"kit", "ui"},
	{"roll"},
	{"admin", "family", "notes", "progress", "sharing", "directory", "messages", "workforce", "impact"},
	{"barriers", "plans"},
	{"audit", "conversations", "meetings", "activities", "practice", "voice"},
	{"casework", "peers", "awards"},
	{"transitions"},
	{"demo"},
	{"app"},
}

// levelOf tells the level of a folder of internal/, or false for a folder that is on no level.
func levelOf(folder string) (int, bool) {
	for i, names := range Levels {
		for _, n := range names {
			if n == folder {
				return i, true
			}
		}
	}
	return 0, false
}

// folderOf is the folder of internal/ that a file or package belongs to ("" outside internal/).
func folderOf(path string) string {
	rest, ok := strings.CutPrefix(path, "internal/")
	if !ok {
		return ""
	}
	folder, _, _ := strings.Cut(rest, "/")
	return folder
}

// below says whether what stands in the folder from may look at the folder to.
func below(from, to string) bool {
	f, okFrom := levelOf(from)
	t, okTo := levelOf(to)
	return okFrom && okTo && t < f
}
