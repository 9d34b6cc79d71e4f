package outside

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Sink is a mail server and a gateway for texts that takes everything at once and keeps nothing but counts, so that what is measured is the one who sends.
type Sink struct {
	Mails, Texts atomic.Int64
	// Took is told the Message-ID of each mail, or the form of each text, before the answer goes back. It may be nil.
	Took func(id string)
	// Answer is what is said at the end of a mail instead of yes; "" hangs up without a word. It may be nil.
	Answer func(id string) string
	mu     sync.Mutex
	open   map[net.Conn]bool
}

var crlf = []byte("\r\n")

// ServeMail takes mail until the listener is closed: as much of RFC 5321 as a sender needs, without encryption.
func (s *Sink) ServeMail(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		if s.open == nil {
			s.open = map[net.Conn]bool{}
		}
		s.open[c] = true
		s.mu.Unlock()
		go func() {
			s.visit(c)
			_ = c.Close()
			s.mu.Lock()
			delete(s.open, c)
			s.mu.Unlock()
		}()
	}
}

// HangUp breaks every line.
func (s *Sink) HangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.open {
		_ = c.Close()
	}
}

func (s *Sink) visit(c net.Conn) {
	in, out := bufio.NewReaderSize(c, 16<<10), bufio.NewWriterSize(c, 4<<10)
	say := func(line string) bool {
		_, _ = out.WriteString(line)
		_, _ = out.Write(crlf)
		return out.Flush() == nil
	}
	if !say("220 sink") {
		return
	}
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return
		}
		ok := true
		switch {
		case bytes.HasPrefix(line, []byte("DATA")):
			ok = say("354 go on")
			id := ""
			for ok {
				line, err := in.ReadSlice('\n')
				if err != nil && err != bufio.ErrBufferFull {
					return
				}
				if bytes.Equal(line, []byte(".\r\n")) {
					break
				}
				if id == "" && len(line) > 12 && bytes.EqualFold(line[:11], []byte("Message-ID:")) {
					id = strings.Trim(string(line[11:]), "<> \r\n")
				}
			}
			if !ok {
				return
			}
			if s.Answer != nil {
				if a := s.Answer(id); a == "" {
					return
				} else if !strings.HasPrefix(a, "2") {
					ok = say(a)
					break
				}
			}
			s.Mails.Add(1)
			if s.Took != nil {
				s.Took(id)
			}
			ok = say("250 taken")
		case bytes.HasPrefix(line, []byte("EHLO")):
			ok = say("250-sink\r\n250-8BITMIME\r\n250 PIPELINING")
		case bytes.HasPrefix(line, []byte("QUIT")):
			say("221 bye")
			return
		default:
			ok = say("250 ok")
		}
		if !ok {
			return
		}
	}
}

// TakeText is the page of a gateway: 202 for everything, as Kannel says it.
func (s *Sink) TakeText(w http.ResponseWriter, r *http.Request) {
	form := r.URL.RawQuery
	if r.Method == http.MethodPost {
		b, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
		form = string(b)
	}
	s.Texts.Add(1)
	if s.Took != nil {
		s.Took(form)
	}
	w.WriteHeader(http.StatusAccepted)
	_, _ = io.WriteString(w, "0: Accepted for delivery")
}

// Until waits for something to become true, and tells whether it did.
func Until(most time.Duration, f func() bool) bool {
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if f() {
			return true
		}
	}
	return f()
}
