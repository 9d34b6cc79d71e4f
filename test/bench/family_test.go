package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/app"
	door "ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/roll"
)

// loadEnv makes the test binary the second process, which sends the load to the address that the variable holds.
const loadEnv = "AJAR_BENCH_LOAD"

// TestMain lets the benchmark start itself once more as the families.
func TestMain(m *testing.M) {
	if to := os.Getenv(loadEnv); to != "" {
		families(to)
		return
	}
	if what := os.Getenv(sendEnv); what != "" {
		sends(what)
		return
	}
	os.Exit(m.Run())
}

// opened is what the second process saw.
type opened struct {
	Adults, Requests, Errors int
	First                    string // the first error
	P50, P99, Worst, Took    time.Duration
	Processors               time.Duration // of the server's process, for one adult
}

// BenchmarkFamiliesOpenTheirLinks lets 10,000 adults open their link within a minute (500 in three seconds with -short): the page with the button, the
// button, the page behind it, over loopback from a second process. They come by the clock, whether or not those before them have been served, and the first page
// counts from the moment at which its adult came. Beside it, a bare handler that writes as many bytes after one indexed read takes the
// same load. No error, and a p99 below 100 ms. What the server's own process needs for one adult is told too, since it hardly depends on what else the machine does.
func BenchmarkFamiliesOpenTheirLinks(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { benchFamilies(b, app.Options{Data: b.TempDir()}) })
	b.Run("PostgreSQL", func(b *testing.B) {
		benchFamilies(b, app.Options{Data: b.TempDir(), URL: testkit.PostgresWith(b, app.Migrations())})
	})
}

func benchFamilies(b *testing.B, o app.Options) {
	adults, within := 10_000, time.Minute
	if testing.Short() {
		adults, within = 500, 3*time.Second
	}
	o.Clock, o.Log = clock.System(), slog.New(slog.NewTextHandler(io.Discard, nil))
	a, err := app.Open(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = a.Close() })
	secrets := fillFamilies(b, a, adults)
	handler, err := a.Handler()
	if err != nil {
		b.Fatal(err)
	}
	measure := func(name string, h http.Handler) (out opened) {
		b.Run(name, func(b *testing.B) {
			for range b.N { // each adult has one link, so one round is the whole measurement
				before := ownProcessors()
				out = openAll(b, h, secrets, within)
				out.Processors = (ownProcessors() - before) / time.Duration(max(out.Adults, 1))
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(out.P50.Microseconds()), "µs-p50")
			b.ReportMetric(float64(out.P99.Microseconds()), "µs-p99")
			b.ReportMetric(float64(out.Worst.Microseconds()), "µs-worst")
			b.ReportMetric(float64(out.Processors.Microseconds()), "µs-cpu/adult")
			b.ReportMetric(float64(out.Errors), "errors")
		})
		return out
	}
	product := measure("product", handler)
	ceiling := measure("ceiling", bareDoor(a, len("<!DOCTYPE html>")+7_000))
	fmt.Printf("%d adults open their link within %v: p99 %v, bare handler with one indexed read %v, ratio %.2f; processors for one adult %v, bare %v, ratio %.2f\n",
		product.Adults, within, product.P99.Round(time.Microsecond), ceiling.P99.Round(time.Microsecond), float64(product.P99)/float64(max(ceiling.P99, 1)),
		product.Processors.Round(time.Microsecond), ceiling.Processors.Round(time.Microsecond), float64(product.Processors)/float64(max(ceiling.Processors, 1)))
	if product.Errors > 0 {
		b.Errorf("%d of %d requests failed: %s", product.Errors, product.Requests, product.First)
	}
	if product.P99 > 100*time.Millisecond {
		b.Errorf("p99 is %v; the budget is 100 ms on a machine that does nothing else", product.P99)
	}
}

// fillFamilies makes a school with a child for each adult, and a link for each.
func fillFamilies(b *testing.B, a *app.App, n int) []string {
	b.Helper()
	org, err := a.Roll.AddOrg(b.Context(), "bench", roll.Org{Code: "BENCH", Name: "Bench School", Type: "school"}, "")
	if err != nil {
		b.Fatal(err)
	}
	secrets := make([]string, n)
	if err := a.DB.Update(b.Context(), access.System("bench", int64(org.ID)), func(tx *db.Tx) error {
		pupils, adults := make([]roll.PupilID, n), make([]roll.AdultID, n)
		for i := range n {
			pupils[i], adults[i] = ids.New[roll.Pupil](), ids.New[roll.Adult]()
		}
		if err := rows(tx, "roll_pupil", []string{"id", "local_id", "forename", "surname", "date_of_birth"}, n, func(i int) []any {
			return []any{pupils[i], fmt.Sprint(i), "Ann", "Test", "2015-03-27"}
		}); err != nil {
			return err
		}
		if err := rows(tx, "roll_adult", []string{"id", "forename", "surname", "name"}, n, func(i int) []any { return []any{adults[i], "Sana", "Test", "Sana Test"} }); err != nil {
			return err
		}
		if err := rows(tx, "roll_tie", []string{"id", "pupil_id", "adult_id", "relationship"}, n, func(i int) []any {
			return []any{ids.New[roll.Tie](), pupils[i], adults[i], "Mother"}
		}); err != nil {
			return err
		}
		for i := range n {
			m, err := a.Family.Issue(tx, door.Wanted{Adult: adults[i], Pupil: pupils[i]})
			if err != nil {
				return err
			}
			secrets[i] = m.Secret
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	return secrets
}

// bareDoor answers every request with as many bytes as a page has, after one read by key.
func bareDoor(a *app.App, size int) http.Handler {
	page := []byte(strings.Repeat("x", size))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := a.DB.View(r.Context(), access.Installation("bench"), func(tx *db.Tx) error {
			_, _, err := db.Maybe[int64](tx, `select org from family_key where hash = $1`, r.URL.Path)
			return err
		}); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if r.Method == http.MethodPost {
			http.SetCookie(w, &http.Cookie{Name: door.CookieName, Value: "x"})
			http.Redirect(w, r, "/f/", http.StatusSeeOther)
			return
		}
		_, _ = w.Write(page)
	})
}

// openAll serves the handler on loopback and starts the second process.
func openAll(b *testing.B, h http.Handler, secrets []string, within time.Duration) (out opened) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(l) }()
	defer func() { _ = srv.Close() }()
	ctx, cancel := context.WithTimeout(b.Context(), within+4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), loadEnv+"=http://"+l.Addr().String(), "AJAR_BENCH_WITHIN="+within.String())
	cmd.Stdin, cmd.Stderr = strings.NewReader(strings.Join(secrets, "\n")), os.Stderr
	said, err := cmd.Output()
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(said, &out); err != nil {
		b.Fatal(err)
	}
	return out
}

// families is the second process: each adult comes at their own moment and is a goroutine of their own; at most 256 connections are open at once, and who has to wait for
// one waits on the clock.
func families(to string) {
	within, _ := time.ParseDuration(os.Getenv("AJAR_BENCH_WITHIN"))
	var secrets []string
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		secrets = append(secrets, lines.Text())
	}
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	var mu sync.Mutex
	out := opened{Adults: len(secrets)}
	var took []time.Duration
	ask := func(begin time.Time, method, path, cookie string, want int) string {
		r, err := http.NewRequest(method, to+path, nil)
		if err != nil {
			return ""
		}
		if cookie != "" {
			r.AddCookie(&http.Cookie{Name: door.CookieName, Value: cookie})
		}
		answer, err := client.Do(r)
		trouble, key := "", ""
		if err != nil {
			trouble = err.Error()
		} else {
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode != want {
				trouble = fmt.Sprintf("%s answered %d", path, answer.StatusCode)
			}
			for _, c := range answer.Cookies() {
				if c.Name == door.CookieName {
					key = c.Value
				}
			}
		}
		mu.Lock()
		defer mu.Unlock()
		out.Requests++
		took = append(took, time.Since(begin))
		if trouble != "" {
			out.Errors++
			if out.First == "" {
				out.First = trouble
			}
		}
		return key
	}
	begin := time.Now()
	var all sync.WaitGroup
	for i, secret := range secrets {
		comes := begin.Add(within * time.Duration(i) / time.Duration(len(secrets)))
		time.Sleep(time.Until(comes))
		all.Go(func() {
			path := "/f/l/" + secret
			ask(comes, http.MethodGet, path, "", http.StatusOK)
			cookie := ask(time.Now(), http.MethodPost, path, "", http.StatusSeeOther)
			ask(time.Now(), http.MethodGet, "/f/known", cookie, http.StatusOK)
		})
	}
	all.Wait()
	out.Took = time.Since(begin)
	slices.Sort(took)
	if n := len(took); n > 0 {
		out.P50, out.P99, out.Worst = took[n/2], took[n*99/100], took[n-1]
	}
	_ = json.NewEncoder(os.Stdout).Encode(out)
}
