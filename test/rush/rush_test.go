package rush

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"ajar/internal/app"
	"ajar/internal/audit"
	"ajar/internal/audit/web"
	"ajar/internal/kit/testkit"
)

// TestMain lets the test start itself once more as the bare handler, and puts the program away.
func TestMain(m *testing.M) {
	if os.Getenv(bareEnv) != "" {
		bare()
		return
	}
	status := m.Run()
	if program.path != "" {
		_ = os.RemoveAll(filepath.Dir(program.path))
	}
	os.Exit(status)
}

// rush is how many come, within how long, and how often the program is killed meanwhile.
type rush struct {
	parents int
	within  time.Duration
	think   time.Duration
	kills   int
}

// met is what came of it.
type met struct {
	*crowd
	p50, p99, worst time.Duration
	processors      time.Duration // of the program, for one parent from the link to the thanks
	forAnswer       time.Duration // of the program, for one answer with the page behind it
	handed          int
}

// run lets them all come, kills the program at random moments, and counts.
func (h *house) run(r rush, seed uint64) (m met) {
	h.t.Helper()
	ajar(h.t)
	h.must(h.serve())
	all := newCrowd(h.url())
	lot := rand.New(rand.NewPCG(seed, 1))
	var people []*parent
	of := map[*parent]*school{}
	for _, s := range h.schools {
		for i, secret := range s.secrets {
			p := &parent{crowd: all, secret: secret, own: web.OwnPath(s.audit), think: r.think, lot: rand.New(rand.NewPCG(seed, uint64(len(people)+2))), twice: i%7 == 3}
			if i%10 == 4 {
				p.words = fmt.Sprintf("Words of number %d", len(people))
			}
			people = append(people, p)
			of[p] = s
		}
	}
	lot.Shuffle(len(people), func(i, j int) { people[i], people[j] = people[j], people[i] })

	// Eighteen pages each, so the last comes early enough to be done in time.
	arrive := max(r.within-25*r.think, r.within/2)
	begin := time.Now()
	var there sync.WaitGroup
	for i, p := range people {
		there.Go(func() {
			time.Sleep(time.Until(begin.Add(arrive * time.Duration(i) / time.Duration(len(people)))))
			if err := p.live(); err != nil {
				all.mu.Lock()
				all.trouble = append(all.trouble, err)
				all.mu.Unlock()
			}
		})
	}
	var moments []time.Duration
	for range r.kills {
		moments = append(moments, r.within/10+time.Duration(lot.Int64N(int64(r.within*7/10))))
	}
	slices.Sort(moments)
	for _, at := range moments {
		time.Sleep(time.Until(begin.Add(at)))
		h.kill()
		if err := h.serve(); err != nil {
			h.t.Fatal(err)
		}
	}
	there.Wait()
	took := time.Since(begin)
	h.kill()
	m.crowd = all
	slices.Sort(all.took)
	if n := len(all.took); n > 0 {
		m.p50, m.p99, m.worst = all.took[n/2], all.took[n*99/100], all.took[n-1]
	}
	m.processors, m.forAnswer = h.spent/time.Duration(len(people)), h.spent/time.Duration(max(all.answered, 1))
	for _, err := range all.trouble[:min(len(all.trouble), 5)] {
		h.t.Errorf("%d parents could not answer; one of them: %v", len(all.trouble), err)
	}
	h.t.Logf("%d parents within %v, %d starts of the program: %d answers acknowledged, %d requests answered, %d without an answer; p50 %v, p99 %v, worst %v; the longest wait for a page %v; processors %v for a parent",
		len(people), took.Round(time.Millisecond), h.started, all.answered, len(all.took), all.broken, m.p50.Round(time.Microsecond), m.p99.Round(time.Microsecond), m.worst.Round(time.Millisecond),
		all.longest.Round(time.Millisecond), m.processors.Round(10*time.Microsecond))
	h.count(people, of)
	for _, p := range people {
		if p.done {
			m.handed++
		}
	}
	return m
}

// count compares what the parents were told with what the head reads once the audits are closed.
func (h *house) count(people []*parent, of map[*parent]*school) {
	h.t.Helper()
	h.open(func(ctx context.Context, a *app.App) {
		for _, s := range h.schools {
			want, said, in := map[string]audit.Spread{}, []string{}, 0
			for _, p := range people {
				if of[p] != s || !p.done {
					continue
				}
				in++
				if p.words != "" {
					said = append(said, p.words)
				}
				for code, level := range p.chosen {
					if level > 0 {
						x := want[code]
						x[level-1]++
						want[code] = x
					}
				}
			}
			h.must(a.Audit.Close(ctx, s.pass(a), s.audit))
			o, err := a.Audit.Results(ctx, s.pass(a), s.audit)
			h.must(err)
			if o.Audit.ParentsIn != in || in != len(s.secrets) {
				h.t.Errorf("%d of %d parents were thanked, and %d are counted", in, len(s.secrets), o.Audit.ParentsIn)
			}
			for _, r := range o.Results {
				got := r.Views[audit.Parents]
				if w := want[r.Criterion.Code]; !got.Hidden && got.Spread != w || got.Hidden && w.N() >= audit.Fewest {
					h.t.Errorf("%s: acknowledged were %v, and counted are %v", r.Criterion.Code, w, got)
				}
			}
			slices.Sort(said)
			got := slices.Sorted(slices.Values(o.Words))
			if strings.Join(got, "|") != strings.Join(said, "|") {
				h.t.Errorf("acknowledged were %d texts, and kept are %d: %q, %q", len(said), len(got), said, got)
			}
		}
	})
}

// TestNoAnswerIsLostWhenTheProgramIsKilled is the rush of the gate: forty parents of two schools, three kills.
func TestNoAnswerIsLostWhenTheProgramIsKilled(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for name, o := range map[string]func(t *testing.T) app.Options{
		"SQLite": func(t *testing.T) app.Options { return app.Options{Data: t.TempDir()} },
		"PostgreSQL": func(t *testing.T) app.Options {
			return app.Options{Data: t.TempDir(), URL: testkit.PostgresWith(t, app.Migrations())}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := settle(t, o(t), 40)
			m := h.run(rush{parents: 40, within: 6 * time.Second, think: 120 * time.Millisecond, kills: 3}, seed)
			if m.handed != 40 || h.started != 4 || m.broken == 0 {
				t.Errorf("%d of 40 handed in, the program was started %d times, %d requests had no answer: was it killed in the middle?", m.handed, h.started, m.broken)
			}
		})
	}
}

// BenchmarkParentsAnswerWhileTheProgramIsKilled lets 2,000 parents answer within ten minutes while the program is killed eight times; with -short 200 within a minute, which
// is the same rate, and three kills. Beside it a bare handler takes the same requests, for a minute.
func BenchmarkParentsAnswerWhileTheProgramIsKilled(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { benchRush(b, app.Options{Data: b.TempDir()}) })
	b.Run("PostgreSQL", func(b *testing.B) {
		benchRush(b, app.Options{Data: b.TempDir(), URL: testkit.PostgresWith(b, app.Migrations())})
	})
}

func benchRush(b *testing.B, o app.Options) {
	r := rush{parents: 2_000, within: 10 * time.Minute, think: 2 * time.Second, kills: 8}
	if testing.Short() {
		r = rush{parents: 200, within: time.Minute, think: time.Second, kills: 3}
	}
	for b.Loop() {
		h := settle(b, o, r.parents)
		m := h.run(r, rand.Uint64())
		ceiling := h.bare(rush{parents: 200, within: time.Minute, think: time.Second})
		b.ReportMetric(0, "ns/op")
		b.ReportMetric(float64(m.p50.Microseconds()), "µs-p50")
		b.ReportMetric(float64(m.p99.Microseconds()), "µs-p99")
		b.ReportMetric(float64(m.worst.Microseconds()), "µs-worst")
		b.ReportMetric(float64(m.forAnswer.Microseconds()), "µs-cpu/answer")
		b.ReportMetric(float64(len(m.trouble)), "errors")
		fmt.Printf("%d parents answer within %v, %d kills: %d answers, %d handed in; p99 %v, bare handler %v, ratio %.2f; processors for an answer %v, bare %v, ratio %.2f; the longest wait for a page %v\n",
			r.parents, r.within, r.kills, m.answered, m.handed, m.p99.Round(10*time.Microsecond), ceiling.p99.Round(10*time.Microsecond), float64(m.p99)/float64(max(ceiling.p99, 1)),
			m.forAnswer.Round(time.Microsecond), ceiling.forAnswer.Round(time.Microsecond), float64(m.forAnswer)/float64(max(ceiling.forAnswer, 1)), m.longest.Round(time.Millisecond))
		if m.p99 > budget {
			b.Errorf("p99 is %v; the budget is %v on a machine that does nothing else. When they were slow: %v", m.p99, budget, m.slow)
		}
	}
}
