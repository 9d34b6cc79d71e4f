package web

import (
	"net/url"
	"strings"

	"ajar/internal/family"
	"ajar/internal/kit/web"
	"ajar/internal/roll"
)

// The addresses of the family's door. All of them lie below /f, where its cookie goes.
const (
	EnterPath   = family.HomePath
	codePath    = "/f/code"
	codeNewPath = "/f/code/new"
	factPath    = "/f/known"
	whoPath     = "/f/who"
	MePath      = "/f/me"
	changePath  = "/f/me/change"
	DevicesPath = "/f/devices"
	forgetPath  = "/f/devices/forget"
	closePath   = "/f/close"
	// SchoolsPath shows the children of all connected schools together.
	SchoolsPath      = "/f/together"
	schoolsAddPath   = "/f/together/add"
	schoolsCodePath  = "/f/together/code"
	schoolsJoinPath  = "/f/together/connect"
	schoolsGoPath    = "/f/together/go"
	schoolsLeavePath = "/f/together/leave"
	PrivacyPath      = "/f/privacy"
)

// LinkPath is a personal link, short enough to stand on paper under its square.
func LinkPath(secret string) string { return "/f/l/" + secret }

func linkNewPath(secret string) string { return LinkPath(secret) + "/new" }

// ChildPath is what the school holds about one child, for their parent.
func ChildPath(id roll.PupilID) string { return "/f/children/" + id.String() }

func withdrawPath(id family.WishID) string { return "/f/me/wishes/" + id.String() + "/withdraw" }

// within keeps only addresses of this door, so that a question can't lead from it to anywhere else.
func within(next string) string {
	if !web.Local(next) || !strings.HasPrefix(next, "/f/") {
		return EnterPath
	}
	return next
}

func withNext(path, next string) string {
	if next = within(next); next == EnterPath {
		return path
	}
	return path + "?" + url.Values{"next": {next}}.Encode()
}

func joinPath(reader family.ReaderID, ask family.Kind) string {
	v := url.Values{"reader": {reader.String()}}
	if ask != "" {
		v.Set("ask", string(ask))
	}
	return schoolsJoinPath + "?" + v.Encode()
}

// The addresses of staff.
const (
	// WishesPath is where the office answers what parents ask for.
	WishesPath = "/families/changes"
	// AsksPath lists who asked for a new link.
	AsksPath = "/families/links"
	// GuestPath lets a visitor of the demo in as a parent.
	GuestPath = "/look-around/parent"
)

// LinksPath is the page of the links about one pupil.
func LinksPath(id roll.PupilID) string { return "/pupils/" + id.String() + "/links" }

func linksDoPath(id roll.PupilID, what string) string { return LinksPath(id) + "/" + what }

func wishPath(id family.WishID, what string) string {
	return WishesPath + "/" + id.String() + "/" + what
}

func askDonePath(id family.AskID) string { return AsksPath + "/" + id.String() + "/done" }

func pupilPath(id roll.PupilID) string { return "/pupils/" + id.String() }
