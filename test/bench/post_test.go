package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/app"
	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/post"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/testkit/outside"
	"ajar/internal/roll"
)

// sendEnv makes the test binary the process that sends: the way, the server, the folder and the store.
const sendEnv = "AJAR_BENCH_SEND"

// BenchmarkSending lets 100,000 e-mails and 100,000 texts (5,000 with -short) leave, of ten schools, each asked about ties and orders just before. The server and the
// gateway acknowledge at once; the process that sends is Ajar, with nothing else to do. Beside it, a bare loop puts the same words on as many lines. Budgets: half of what the
// loop does, and 200 MB.
func BenchmarkSending(b *testing.B) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		for _, way := range []string{post.Email, post.SMS} {
			b.Run(engine+"/"+way, func(b *testing.B) { benchSending(b, engine, way) })
		}
	}
}

const benchLines = 16

var benchWords = "Dear Mrs Anybody,\n\n" + strings.Repeat("The autumn fair is on Saturday, and everybody is welcome. ", 8) + "\n\nOak School"

func benchSending(b *testing.B, engine, way string) {
	many := 100_000
	if testing.Short() {
		many = 5_000
	}
	folder := b.TempDir()
	o := app.Options{Data: folder, Clock: clock.System(), Log: slog.New(slog.DiscardHandler)}
	if engine == "PostgreSQL" {
		o.URL = testkit.PostgresWith(b, app.Migrations())
	}
	a, err := app.Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	a.Post.Use(way, nobody{})
	wrote := fillPost(b, a, way, many)
	if o.URL != "" {
		analyse(b, o.URL)
	}
	sink, server := &outside.Sink{}, ""
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	if way == post.Email {
		server = "smtp://" + l.Addr().String() + "?from=ajar@oak.example&tls=none"
		go sink.ServeMail(l)
	} else {
		server = "http://ajar:secret@" + l.Addr().String() + "/cgi-bin/sendsms?from=Oak"
		go func() { _ = http.Serve(l, http.HandlerFunc(sink.TakeText)) }()
	}
	gone := func() int { return int(sink.Mails.Load() + sink.Texts.Load()) }
	bare := bareLoop(b, way, l.Addr().String(), many)
	before := gone()

	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), sendEnv+"="+strings.Join([]string{way, server, folder, o.URL}, "\n"))
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	in, err := c.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan() // it is open
	begun := time.Now()
	_, _ = io.WriteString(in, "go\n")
	lines.Scan()
	took := time.Since(begun)
	var peak, processors int
	if _, err := fmt.Sscan(lines.Text(), &peak, &processors); err != nil {
		b.Fatal(lines.Text(), err)
	}
	_ = in.Close()
	_ = c.Wait()
	if n := gone() - before; n != many {
		b.Errorf("%d of %d left", n, many)
	}
	rate, ceiling := float64(many)/took.Seconds(), float64(many)/bare.Seconds()
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(rate, "a-second")
	b.ReportMetric(ceiling, "bare-a-second")
	b.ReportMetric(rate/ceiling, "x-ceiling")
	b.ReportMetric(float64(peak)/1024, "MB-most")
	b.ReportMetric(float64(processors)/float64(many), "µs-processors")
	b.ReportMetric(float64(many)/wrote.Seconds(), "written-a-second")
	if rate < ceiling/2 {
		b.Errorf("%.0f a second; the budget is half of the bare loop's %.0f", rate, ceiling)
	}
	if peak > 200<<10 {
		b.Errorf("%d MB; the budget is 200", peak>>10)
	}
}

type nobody struct{}

func (nobody) Send(context.Context, post.Ready) (string, error) { panic("the parent sends nothing") }

// fillPost makes ten schools and writes the messages, a thousand in a transaction as a campaign does, and tells how long the writing took.
func fillPost(b *testing.B, a *app.App, way string, many int) (took time.Duration) {
	const schools = 10
	each := many / schools
	for n := range schools {
		pass := access.System("bench", int64(1001+n))
		adults, pupils := make([]roll.AdultID, each), make([]roll.PupilID, each)
		if err := a.DB.Update(b.Context(), pass, func(tx *db.Tx) error {
			for i := range each {
				adults[i], pupils[i] = ids.New[roll.Adult](), ids.New[roll.Pupil]()
			}
			if err := rows(tx, "roll_pupil", []string{"id", "local_id", "forename", "surname", "year", "sort_key", "search"}, each, func(i int) []any {
				return []any{pupils[i], strconv.Itoa(i), "Test", "Child", "8", "child", "child"}
			}); err != nil {
				return err
			}
			if err := rows(tx, "roll_adult", []string{"id", "name"}, each, func(i int) []any { return []any{adults[i], "Test Adult"} }); err != nil {
				return err
			}
			return rows(tx, "roll_tie", []string{"id", "pupil_id", "adult_id"}, each, func(i int) []any { return []any{ids.New[roll.Tie](), pupils[i], adults[i]} })
		}); err != nil {
			b.Fatal(err)
		}
		begun := time.Now()
		for from := 0; from < each; from += 1000 {
			if err := a.DB.Update(b.Context(), pass, func(tx *db.Tx) error {
				for i := from; i < min(each, from+1000); i++ {
					it := post.Item{Way: way, Adult: int64(adults[i]), Pupil: int64(pupils[i]), About: "bench", Key: 1, Address: fmt.Sprintf("adult%d@home.example", i), Subject: "The autumn fair", Body: benchWords, Rank: post.Bulk}
					if way == post.SMS {
						it.Address, it.Body = fmt.Sprintf("07700 %06d", i), "Oak School: the autumn fair is on Saturday, and everybody is welcome."
					}
					if _, err := a.Post.Send(tx, it); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				b.Fatal(err)
			}
		}
		took += time.Since(begun)
	}
	return took
}

// bareLoop puts the same words on as many lines, and does nothing else.
func bareLoop(b *testing.B, way, addr string, many int) time.Duration {
	var all sync.WaitGroup
	begun := time.Now()
	for range benchLines {
		all.Go(func() {
			if way == post.SMS {
				client := &http.Client{Transport: &http.Transport{}}
				for range many / benchLines {
					res, err := client.Get("http://" + addr + "/cgi-bin/sendsms?username=ajar&password=secret&from=Oak&to=%2B447700900123&text=Oak+School%3A+the+autumn+fair+is+on+Saturday%2C+and+everybody+is+welcome.&charset=UTF-8")
					if err != nil {
						b.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, res.Body)
					_ = res.Body.Close()
				}
				return
			}
			c, err := smtp.Dial(addr)
			if err != nil {
				b.Error(err)
				return
			}
			defer c.Close()
			msg := []byte("From: Oak <ajar@oak.example>\r\nTo: adult@home.example\r\nMessage-ID: <1@oak.example>\r\nSubject: The autumn fair\r\nDate: Fri, 20 Nov 2026 10:30:00 +0000\r\n\r\n" + strings.ReplaceAll(benchWords, "\n", "\r\n") + "\r\n")
			for range many / benchLines {
				if c.Mail("ajar@oak.example") != nil || c.Rcpt("adult@home.example") != nil {
					b.Error("refused")
					return
				}
				w, err := c.Data()
				if err != nil {
					b.Error(err)
					return
				}
				_, _ = w.Write(msg)
				if err := w.Close(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return time.Since(begun)
}

// sends is the process that sends. It waits for a word, sends what is written, and tells the most memory it had (KB) and the time of processors (µs).
func sends(what string) {
	x := strings.Split(what, "\n")
	die := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	o := app.Options{Data: x[2], URL: x[3], Clock: clock.System(), Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if x[0] == post.Email {
		o.Mail = x[1]
	} else {
		o.Texts = x[1]
	}
	a, err := app.Open(context.Background(), o)
	die(err)
	fmt.Println("open")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	before := ownProcessors()
	go func() { a.Post.Run(ctx); close(done) }()
	for {
		time.Sleep(100 * time.Millisecond)
		list, err := a.Post.States(ctx)
		die(err)
		if list[0].Waiting == 0 {
			break
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	die(err)
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	fmt.Println(strings.Fields(rest)[0], (ownProcessors() - before).Microseconds())
	stop()
	<-done
	die(a.Close())
}
