package post

import (
	"net/url"
)

// NewTexts makes the driver for text messages out of its address: http:// or https:// is a Kannel gateway, notify:// GOV.UK Notify, twilio:// Twilio or one of
// the services with its interface.
func NewTexts(address string) (Driver, error) {
	switch scheme(address) {
	case "notify":
		return NewNotify(SMS, address)
	case "twilio":
		return NewTwilio(address)
	}
	return NewKannel(address)
}

// NewMails makes the driver for e-mail: smtp:// or smtps:// is a mail server, notify:// GOV.UK Notify.
func NewMails(address string) (Driver, error) {
	if scheme(address) == "notify" {
		return NewNotify(Email, address)
	}
	return NewMail(address)
}

func scheme(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme
}
