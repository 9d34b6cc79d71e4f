package journeys

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// paper keeps what was printed where AJAR_PAPER names a folder, to be looked at.
func paper(t *testing.T, name string, pdf []byte) {
	t.Helper()
	if dir := os.Getenv("AJAR_PAPER"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".pdf"), pdf, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestOfficeChecksATemplateInUrdu: the office prints words for a translator, types in what came back beside the English, and a change of the English takes the check away.
func TestOfficeChecksATemplateInUrdu(t *testing.T) {
	p := story(t).As(office)
	p.Click("Messages")
	p.Click("Templates")
	p.See("2 checked, 9 in draft")
	p.Accessible()
	p.Click("Reminder of a trip")
	p.Accessible()
	template := p.Path()
	p.Visit(template + "/in/ur")
	p.See("Came with Ajar; nobody has checked it")
	p.See("Please be at school by {time}.")
	p.Accessible()
	p.Click("Print for a translator")
	p.See("Keep each word in braces as it is")
	pdf, sheets := p.PrintPDF()
	if sheets != 1 {
		t.Errorf("the sheet for a translator has %d pages", sheets)
	}
	paper(t, "translator-urdu", pdf)
	p.Click("Back to the translation")
	p.Fill("Subject in Urdu", "سیر: {where}")
	p.Fill("Checked by", "Nadia Malik")
	p.Click("Save")
	p.See("{day} stands in the English and not here.")
	p.Accessible()
	p.Fill("Subject in Urdu", "سیر: {where}، {day}")
	p.Click("Save")
	p.See("Checked by Nadia Malik")
	p.Visit(template + "/edit")
	p.Accessible()
	p.Fill("Words", "A trip is coming up for {children}: {where}, on {day}. Be at school by {time}. Bring: {what}.")
	p.Click("Save")
	p.See("Of an older version")
	p.See("Version 1 was checked by Nadia Malik")
	p.Visit("/messages/phrases?lang=ur")
	p.See("12 of 44 checked")
	p.Accessible()
}

func gardenPicture(t *testing.T) string {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 320, 180))
	for x := range 320 {
		for y := range 180 {
			m.Set(x, y, color.RGBA{uint8(40 + y/2), uint8(120 + x/4), 60, 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "beans.jpg")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestOfficeAssemblesANewsletter is the CHECK of M02: of six events the two that are past drop out, alt text is asked for, and the issue fits on two pages of A4.
func TestOfficeAssemblesANewsletter(t *testing.T) {
	site := story(t)
	p := site.As(office)
	p.Visit("/messages/newsletters")
	p.unfold()
	p.Fill("Month", "2026-11")
	p.Fill("Title", "November at Harrowmere")
	p.Fill("First words", "A lot is on. Come to what you like, and bring whom you like.")
	p.Click("Begin it")
	issue := p.Path()
	add := func(kind, day, title, words string) {
		p.Visit(issue)
		p.unfold()
		part := p.In("Put something in")
		part.Choose(kind)
		if day != "" {
			part.Fill("Day", day)
		}
		part.Fill("Title", title)
		part.Fill("Words", words)
		part.Click("Put it in")
		p.See("It stands in the issue.")
	}
	words := "Come to the library at three. We sit together, drink tea, and talk about what helps at home. Bring younger children: there is a table with toys for them. You can come late, and you can go early. If you would like somebody who speaks your language to sit with you, tell the office two days before."
	for _, e := range [][2]string{{"4 May 2020", "Old coffee morning"}, {"5 May 2020", "Old fair"}, {"4 March 2027", "Coffee morning"}, {"11 March 2027", "Help with forms"}, {"18 March 2027", "Reading evening"}, {"25 March 2027", "Spring fair"}} {
		add("A date to come", e[0], e[1], words)
	}
	add("You said, we did", "", "You asked for later meetings", words)
	add("Other news", "", "Lost coats", words)
	p.See("Over, and left out")
	p.See("4 May 2020: Old coffee morning")
	p.unfold()
	p.In("Add a picture").Upload("Picture", gardenPicture(t))
	p.In("Add a picture").Click("Add it")
	p.See("Write what can be seen")
	p.Accessible()
	p.In("Add a picture").Upload("Picture", gardenPicture(t))
	p.In("Add a picture").Fill("What can be seen", "Beans in the school garden")
	p.In("Add a picture").Click("Add it")
	p.See("The picture stands in the issue.")
	p.unfold()
	p.In("From elsewhere in Ajar").Click("Put it in Breakfast with football")
	p.See("Stories")
	p.Accessible()
	p.Click("Print it on A4")
	p.See("Spring fair")
	p.NotSee("Old fair")
	pdf, sheets := p.PrintPDF()
	if sheets != 2 {
		t.Errorf("the issue takes %d pages of A4, not two", sheets)
	}
	paper(t, "newsletter", pdf)
	p.Visit(issue)
	p.Click("Publish it")
	p.See("whoever has its address can read it")
	address := p.First(`/news/\d+/\w+`).Path

	// Whoever has the address reads it, on a phone, in Urdu; an issue that was taken back is not there.
	guest := site.Person("somebody with the address")
	guest.Narrow()
	guest.Visit(address + "?in=ur")
	guest.See("آنے والی تاریخیں")
	guest.See("Spring fair")
	guest.NotSee("Old fair")
	guest.Accessible()
	p.Click("Take it back")
	guest.AllowErrors()
	if status, _ := guest.Fetch(address); status != 404 {
		t.Errorf("an issue that was taken back answers %d", status)
	}
}

// TestHeadSignsPraiseByKeyboard: five postcards are signed one by one with Enter, printed four to a sheet, and then there is nothing left to sign.
func TestHeadSignsPraiseByKeyboard(t *testing.T) {
	p := story(t).As(head)
	p.Visit("/messages/praise")
	p.See("To sign (5)")
	p.Accessible()
	p.Click("Sign them one by one")
	p.Accessible()
	for left := 5; left > 0; left-- {
		p.See(strconv.Itoa(left) + " wait") // the page of the next is there
		p.Press(kb.Enter)
	}
	p.See("Signed, to print (5)")
	p.NotSee("To sign")
	p.Accessible()
	p.Click("Print the postcards")
	p.See("four to a sheet")
	cards := strings.Count(p.Text(), "Yasmin Thornbury")
	pdf, sheets := p.PrintPDF()
	if want := (cards + 3) / 4; sheets != want || cards < 5 {
		t.Errorf("%d cards on %d sheets", cards, sheets)
	}
	paper(t, "praise", pdf)
	p.Click("Back to praise")
	p.NotSee("Signed, to print")
	p.Narrow()
	p.Fill("Class", "10E")
	p.Click("Show its children")
	p.See("what did each do?")
	p.Accessible()
}
