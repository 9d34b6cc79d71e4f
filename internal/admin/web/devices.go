package web

import (
	"strings"

	"ajar/internal/admin"
	"ajar/internal/kit/trail"
	"ajar/internal/kit/web"
)

// devices are the section about where one is signed in.
func devices(h handlers) []web.Route {
	h.accountParts = append(h.accountParts, part{9, func(q *web.Req, x admin.Session) (web.Component, error) {
		list, lately, err := h.s.Devices(q.Context(), x)
		if err != nil || x.Way == admin.WayDemo {
			return nil, err
		}
		when := func(ms int64) string { return moment(ms, h.s.DB.Clock().Zone()) }
		return devicesPart(list, lately, when), nil
	}})
	return []web.Route{
		{Pattern: "POST " + endDevicePath, Need: web.SignedIn(), Handle: h.endDevice},
		{Pattern: "POST " + endOthersPath, Need: web.SignedIn(), Handle: h.endOthers},
	}
}

func (h handlers) endDevice(q *web.Req) error {
	if err := h.s.EndDevice(q.Context(), admin.Token(q.R), web.FormID[admin.Session](q, "device")); err != nil {
		return err
	}
	return q.Go(AccountPath, "That device is signed out.")
}

func (h handlers) endOthers(q *web.Req) error {
	n, err := h.s.EndOthers(q.Context(), admin.Token(q.R))
	if err != nil {
		return err
	}
	if n == 0 {
		return q.Go(AccountPath, "You are signed in on this device only.")
	}
	return q.Go(AccountPath, "All your other devices are signed out.")
}

// deviceWords says what a browser is, as far as it tells.
func deviceWords(agent string) string {
	find := func(list ...string) string {
		for i := 0; i+1 < len(list); i += 2 {
			if strings.Contains(agent, list[i]) {
				return list[i+1]
			}
		}
		return ""
	}
	browser := find("Edg", "Edge", "Firefox", "Firefox", "OPR", "Opera", "CriOS", "Chrome", "Chrome", "Chrome", "Safari", "Safari")
	on := find("iPhone", "an iPhone", "iPad", "an iPad", "Android", "Android", "Windows", "Windows", "CrOS", "a Chromebook", "Mac OS", "a Mac", "Linux", "Linux")
	switch {
	case browser != "" && on != "":
		return browser + " on " + on
	case browser+on != "":
		return browser + on
	}
	return "A browser that does not say what it is"
}

func latelyWords(l trail.Line) string {
	if l.Words == "" {
		return l.Kind.Words()
	}
	return l.Kind.Words() + " " + l.Words
}

// inWay finishes the sentence "Signed in …" on the list of devices.
var inWay = map[string]string{admin.WayLink: "with a link", admin.WayPassword: "with a password", admin.WayProvider: "with the school's account", admin.WayPasskey: "with a passkey", admin.WayDemo: "to look around"}
