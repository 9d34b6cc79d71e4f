package attacks

import (
	"bufio"
	"bytes"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/kit/trail"
)

// A button that is pressed five times at once does its work once.
func TestDoublePosts(t *testing.T) {
	s := open(t)
	v := s.as("Pauline Osgood")
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	p, err := w.CreateFormFile("file", "pupils.csv")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(p, "pupil_id,forename,surname,year\nZZ1,Amina,Twice,7\nZZ2,Ben,Twice,7\n")
	_ = w.Close()
	a := v.do("POST", "/imports/new/pupils", w.FormDataContentType(), &b)
	batch := a.header.Get("Location")
	if a.status != http.StatusSeeOther || !strings.HasPrefix(batch, "/imports/batches/") {
		t.Fatalf("the file was answered %d, to %q", a.status, batch)
	}
	var confirm form
	for _, f := range v.get(batch).forms() {
		if strings.HasSuffix(f.action, "/confirm") {
			confirm = f
		}
	}
	if confirm.action == "" {
		t.Fatal("there is no button to confirm")
	}
	press := func(action string, values url.Values) map[int]int {
		var mu sync.Mutex
		var wg sync.WaitGroup
		got := map[int]int{}
		for range 5 {
			wg.Go(func() {
				a := v.post(action, values)
				mu.Lock()
				defer mu.Unlock()
				got[a.status]++
			})
		}
		wg.Wait()
		return got
	}
	done := func() int { return len(s.entries("HARROWMERE", trail.Filter{Kinds: []trail.Kind{trail.Import}})) }
	before := done()
	if got := press(confirm.action, confirm.values); got[http.StatusSeeOther]+got[http.StatusConflict] != 5 || got[http.StatusSeeOther] == 0 {
		t.Errorf("five presses of Confirm were answered %v", got)
	}
	if n := done() - before; n != 1 {
		t.Errorf("it was imported %d times", n)
	}
	if n := strings.Count(v.get("/search?q=twice").body, "Twice"); n < 2 {
		t.Errorf("the pupils are not there: %d", n)
	}
	if got := press(strings.TrimSuffix(confirm.action, "/confirm")+"/undo", nil); got[http.StatusSeeOther]+got[http.StatusConflict] != 5 || got[http.StatusSeeOther] == 0 {
		t.Errorf("five presses of Undo were answered %v", got)
	}
	if n := done() - before; n != 2 {
		t.Errorf("it was imported and undone %d times", n)
	}
	s.noneFailed()
}

// Two people have one form open. Who sends it second is told, loses nothing that they typed, and writes over nothing.
func TestStalePages(t *testing.T) {
	s := open(t)
	one, two := s.as("Pauline Osgood"), s.as("Yasmin Thornbury")
	record := ""
	two.crawl(1, func(a answer) {
		if strings.HasPrefix(a.path, "/pupils/") && strings.Count(a.path, "/") == 2 && record == "" {
			record = a.path
		}
	})
	edit := func(v *visitor) form {
		for _, f := range v.get(record + "/edit").forms() {
			if f.method == "POST" && f.values.Has("seen") {
				return f
			}
		}
		t.Fatalf("%s has no form that knows what was seen", record)
		return form{}
	}
	first, second := edit(one), edit(two)
	if a := one.send(first, url.Values{"known_as": {"Firstly"}}); a.status != http.StatusSeeOther {
		t.Fatalf("the first was answered %d", a.status)
	}
	a := two.send(second, url.Values{"known_as": {"Secondly"}})
	if a.status != http.StatusConflict && a.status != http.StatusUnprocessableEntity {
		t.Errorf("the second was answered %d", a.status)
	}
	if !strings.Contains(a.body, "Secondly") {
		t.Error("what the second typed is lost")
	}
	if now := edit(two).values.Get("known_as"); now != "Firstly" {
		t.Errorf("the record says %q", now)
	}
	s.noneFailed()
}

// Messages whose end two servers could read differently are refused, and the connection with them.
func TestRequestSmuggling(t *testing.T) {
	s := open(t)
	host := strings.TrimPrefix(s.url, "http://")
	for name, head := range map[string]string{
		"two lengths":                     "POST /sign-out HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 30\r\n\r\na=b",
		"a length that is no number":      "POST /sign-out HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\na=b",
		"an encoding nobody knows":        "POST /sign-out HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"chunks that are no chunks":       "POST /sign-out HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\na=b\r\n0\r\n\r\n",
		"a head with a line end in it":    "GET /sign-in HTTP/1.1\r\nHost: x\r\nX-A: b\rc\r\n\r\n",
		"a name of a head with a blank":   "GET /sign-in HTTP/1.1\r\nHost: x\r\nX-A : b\r\n\r\n",
		"no host":                         "GET /sign-in HTTP/1.1\r\n\r\n",
		"two hosts":                       "GET /sign-in HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
		"heads that never come to an end": "GET /sign-in HTTP/1.1\r\nHost: x\r\nX-A: " + strings.Repeat("a", 2<<20) + "\r\n\r\n",
	} {
		c, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = c.Write([]byte(head))
		line, _ := bufio.NewReader(c).ReadString('\n')
		_ = c.Close()
		if line != "" && !strings.Contains(line, " 4") && !strings.Contains(line, " 501") {
			t.Errorf("%s was answered %q", name, strings.TrimSpace(line))
		}
	}
}
