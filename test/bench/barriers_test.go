package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ajar/internal/admin"
	"ajar/internal/barriers"
	barriersweb "ajar/internal/barriers/web"
	"ajar/internal/kit/access"
	"ajar/internal/kit/batch"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/kit/testkit"
	"ajar/internal/kit/web"
	"ajar/internal/progress"
	"ajar/internal/roll"
)

var barrierSets = []db.Migrations{batch.Migrations(), roll.Migrations(), admin.Migrations(), progress.Migrations(), barriers.Migrations()}

// twelve are rules of every kind that plain choices make. moved shifts the thresholds, so that every rule is another one.
func twelve(moved float64) []barriers.RuleText {
	var list []barriers.RuleText
	for _, r := range []struct{ code, when string }{
		{"attendance", fmt.Sprintf("attendance.percent < %.1f", 85+moved)},
		{"unauthorised", fmt.Sprintf("attendance.unauthorised > %d", 5+int(moved))},
		{"persistent", fmt.Sprintf("attendance.persistent && attendance.possible > %d", int(moved))},
		{"sen", fmt.Sprintf(`sen in ["K", "E", "%.0f"]`, moved)},
		{"eal", fmt.Sprintf(`eal && year_number < %d`, 12+int(moved))},
		{"premium", fmt.Sprintf(`pupil_premium && year_number < %d`, 12+int(moved))},
		{"care", fmt.Sprintf(`looked_after || young_carer && year_number < %d`, 12+int(moved))},
		{"reading", fmt.Sprintf(`result["reading"].value < %.1f`, 80+moved)},
		{"writing", fmt.Sprintf(`result["writing:standardised"].value < %.1f`, 80+moved)},
		{"maths", fmt.Sprintf(`result["maths"].value < %.1f`, 80+moved)},
		{"age", fmt.Sprintf("age >= %d", 15+int(moved))},
		{"club", fmt.Sprintf(`own["club"] != "no%.0f"`, moved)},
	} {
		list = append(list, barriers.RuleText{Code: r.code, Label: "The rule about " + r.code, When: r.when})
	}
	return list
}

func barrierService(d *db.DB) (*barriers.Service, *admin.Service) {
	imports := batch.New(d)
	r := roll.New(d, imports)
	return barriers.New(d, r, progress.New(d, r, imports)), admin.New(d, r)
}

// describe gives the pupils of fillFigures what the roll knows about them.
func describe(tx *db.Tx) error {
	type row struct {
		ID      roll.PupilID
		LocalID string
	}
	list, err := db.All[row](tx, `select id, local_id from roll_pupil where org_id = $1`)
	if err != nil {
		return err
	}
	for i, p := range list {
		name := fmt.Sprintf("test %06d", (i*7919)%len(list))
		if _, err := tx.Exec(`update roll_pupil set year = $3, sen = $4, eal = $5, pupil_premium = $6, looked_after = $7, young_carer = $8, date_of_birth = $9, sort_key = $10, search = $10, surname = $10 where org_id = $1 and id = $2`,
			p.ID, fmt.Sprint(7+i%5), []string{"N", "N", "N", "K", "E"}[i%5], i%6 == 0, i%4 == 0, i%90 == 0, i%70 == 0, fmt.Sprintf("%d-05-0%d", 2015-i%5, 1+i%9), name); err != nil {
			return err
		}
	}
	return nil
}

// BenchmarkRecompute works out 12 barriers of 120,000 pupils (2,000 with -short) beside one bare scan of the data they rest on, through the same driver,
// each row read and dropped. Budget: three times the scan.
func BenchmarkRecompute(b *testing.B) {
	pupils := 120_000
	if testing.Short() {
		pupils = 2_000
	}
	d := testkit.Open(b, filepath.Join(b.TempDir(), "bench.db"), barrierSets)
	s, _ := barrierService(d)
	if err := d.Update(b.Context(), testkit.A(), func(tx *db.Tx) error {
		if err := fillFigures(tx, pupils, 12); err != nil {
			return err
		}
		return describe(tx)
	}); err != nil {
		b.Fatal(err)
	}
	var scan time.Duration
	b.Run("scan", func(b *testing.B) {
		for b.Loop() {
			if err := d.View(b.Context(), testkit.A(), bareBarrierScan); err != nil {
				b.Fatal(err)
			}
		}
		scan = b.Elapsed() / time.Duration(b.N)
	})
	report := func(b *testing.B) { b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(scan), "x-ceiling") }
	recompute := func(b *testing.B) {
		if err := d.Update(b.Context(), testkit.A(), barriers.Recompute); err != nil {
			b.Fatal(err)
		}
	}
	set := func(b *testing.B, moved float64) {
		if _, err := s.SetRules(b.Context(), testkit.A(), twelve(moved)); err != nil {
			b.Fatal(err)
		}
	}
	day, moved := testkit.Day, 0.0
	set(b, moved)
	b.Run("first", func(b *testing.B) { // nothing was kept before
		b.ReportAllocs()
		for b.Loop() {
			b.StopTimer()
			if err := d.Update(b.Context(), testkit.A(), func(tx *db.Tx) error {
				_, err := tx.Exec(`delete from barriers_standing where org_id = $1`)
				return err
			}); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			recompute(b)
		}
		report(b)
	})
	b.Run("unchanged", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			recompute(b)
		}
		report(b)
	})
	for _, c := range []struct {
		name string
		days int
	}{{"changed-next-day", 1}, {"changed-same-day", 0}} {
		b.Run(c.name, func(b *testing.B) { // all rules are others: everything is decided and written again
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				day, moved = day.AddDate(0, 0, c.days), moved+1
				d.SetClock(clock.At(day))
				set(b, moved)
				b.StartTimer()
				recompute(b)
			}
			report(b)
		})
	}
}

func bareBarrierScan(tx *db.Tx) error {
	type pupil struct {
		ID                                                                                            int64
		LocalID, UPN, Forename, Surname, KnownAs, DateOfBirth, Sex, Year, Sen, FirstLanguage, SortKey string
		Eal, Fsm, PupilPremium, LookedAfter, YoungCarer                                               *int64
	}
	if err := db.Each(tx, func(*pupil) error { return nil }, `select id, local_id, forename, surname, known_as, date_of_birth, sex, year, sen, first_language,
		eal, fsm, pupil_premium, looked_after, young_carer, sort_key from roll_pupil where org_id = $1 order by id`); err != nil {
		return err
	}
	type sums struct{ PupilID, Possible, Attended, Authorised, Unauthorised int64 }
	type result struct {
		PupilID                                           int64
		Subject, SubjectKey, Scale, Text, TakenOn, Source string
		Value                                             *float64
	}
	type fact struct {
		PupilID                    int64
		Name, Value, SetOn, Source string
	}
	// The sum reads its index alone, as the product's does.
	if err := db.Each(tx, func(*sums) error { return nil }, `select pupil_id, cast(sum(possible) as bigint) as possible, cast(sum(attended) as bigint) as attended,
		cast(sum(authorised) as bigint) as authorised, cast(sum(unauthorised) as bigint) as unauthorised
		from progress_attendance_week where org_id = $1 and last_on >= '2026-09-01' and first_on <= '2026-11-20' group by pupil_id`); err != nil {
		return err
	}
	if err := db.Each(tx, func(*result) error { return nil }, `select pupil_id, subject, subject_key, scale, value, text, taken_on, source from progress_result where org_id = $1`); err != nil {
		return err
	}
	return db.Each(tx, func(*fact) error { return nil }, `select pupil_id, name, value, set_on, source from progress_fact where org_id = $1`)
}

// school fills an organisation with 1,250 pupils and their standings, as a school has them.
func school(b *testing.B, d *db.DB, s *barriers.Service, org int64, pupils int) {
	b.Helper()
	p := access.System("bench", org)
	if err := d.Update(b.Context(), p, func(tx *db.Tx) error {
		var forms []roll.ClassID
		if err := rows(tx, "roll_class", []string{"id", "local_id", "title", "kind"}, 40, func(i int) []any {
			id := ids.New[roll.Class]()
			forms = append(forms, id)
			return []any{id, fmt.Sprint(i), fmt.Sprintf("%d%c", 7+i/8, 'A'+i%8), "form"}
		}); err != nil {
			return err
		}
		keys := make([]roll.PupilID, pupils)
		if err := rows(tx, "roll_pupil", []string{"id", "local_id", "forename", "surname", "sort_key", "search", "year", "sen"}, pupils, func(i int) []any {
			keys[i] = ids.New[roll.Pupil]()
			name := fmt.Sprintf("hale%04d ann", (i*7919)%pupils)
			return []any{keys[i], fmt.Sprint(i), "Ann", "Hale", name, name, fmt.Sprint(7 + i%5), []string{"N", "K", "E"}[i%3]}
		}); err != nil {
			return err
		}
		if err := rows(tx, "roll_member", []string{"id", "class_id", "pupil_id"}, pupils, func(i int) []any {
			return []any{ids.New[roll.Member](), forms[i%40], keys[i]}
		}); err != nil {
			return err
		}
		return rows(tx, "progress_attendance_total", []string{"id", "pupil_id", "from_on", "to_on", "possible", "attended"}, pupils, func(i int) []any {
			return []any{ids.New[progress.Total](), keys[i], "2026-09-01", "2026-11-13", 380, 380 - i%90}
		})
	}); err != nil {
		b.Fatal(err)
	}
	if _, err := s.SetRules(b.Context(), p, twelve(0)[:8]); err != nil {
		b.Fatal(err)
	}
	if _, err := s.Refresh(b.Context(), org); err != nil {
		b.Fatal(err)
	}
}

const listRequest = "/reach?year=9&at_least=1&sort=name"

// BenchmarkList serves the pupil list of a school of 1,250, filtered and sorted, in a database of one school and of 300 (of 5 with -short), beside a bare
// handler that runs the same statements and writes the same bytes. Budgets: a quarter of the bare handler's requests a second, and 20 % between 1 and 300.
func BenchmarkList(b *testing.B) {
	many, others := 300, 1250
	if testing.Short() {
		many, others = 5, 50
	}
	var product [2]time.Duration
	for i, schools := range []int{1, many} {
		d := testkit.Open(b, filepath.Join(b.TempDir(), "bench.db"), barrierSets)
		s, first := barrierService(d)
		for n := range schools - 1 {
			school(b, d, s, int64(1000+n), others)
		}
		school(b, d, s, testkit.OrgA, 1250)
		m := barriersweb.Manifest(s, first)
		server := &web.Server{Gate: access.NewGate(roll.Rights(), m.Rights), Routes: m.Routes, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
			Identify: func(*http.Request) (access.Who, bool, error) {
				return access.Who{Org: testkit.OrgA, OrgName: "High School", Name: "Sam Reed", Roles: []access.Role{roll.Head}}, true, nil
			},
			Frame: func(q *web.Req) web.Frame { return web.Frame{Path: q.R.URL.Path} }}
		h, err := server.Handler()
		if err != nil {
			b.Fatal(err)
		}
		var page []byte
		serve := func(b *testing.B, h http.Handler) time.Duration {
			b.ReportAllocs()
			var times []time.Duration
			for b.Loop() {
				began := time.Now()
				w := httptest.NewRecorder()
				h.ServeHTTP(w, httptest.NewRequest("GET", listRequest, nil))
				if w.Code != 200 || !bytes.Contains(w.Body.Bytes(), []byte("of 1,250 pupils")) {
					b.Fatalf("%d %s", w.Code, w.Body)
				}
				page = w.Body.Bytes()
				times = append(times, time.Since(began))
			}
			// The middle one: on a machine that does other work too, the mean says more about that.
			slices.Sort(times)
			middle := times[len(times)/2]
			b.ReportMetric(1/middle.Seconds(), "requests/s")
			return middle
		}
		b.Run(fmt.Sprintf("%d-schools/product", schools), func(b *testing.B) { product[i] = serve(b, h) })
		b.Run(fmt.Sprintf("%d-schools/bare", schools), func(b *testing.B) {
			bare := serve(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { bareList(b, d, w, r.Context(), page) }))
			b.ReportMetric(float64(bare)/float64(product[i]), "of-ceiling")
		})
	}
	if product[0] > 0 && product[1] > 0 {
		fmt.Printf("the pupil list: %v with 1 school, %v with %d, ratio %.2f\n", product[0].Round(time.Microsecond), product[1].Round(time.Microsecond), many, float64(product[1])/float64(product[0]))
	}
}

// bareList runs the statements of the page and writes the bytes of the page.
func bareList(b *testing.B, d *db.DB, w http.ResponseWriter, ctx context.Context, page []byte) {
	err := d.View(ctx, testkit.A(), func(tx *db.Tx) error { return bareStatements(tx) })
	if err != nil {
		b.Error(err)
	}
	_, _ = w.Write(page)
}

// bareStatements are those of one request: is the list fresh, the rules, the page of the list, the year groups, the forms. The first and the third are
// the product's own texts by way of List; nothing is made of the rows.
func bareStatements(tx *db.Tx) error {
	type state struct{ Stale, WorkedOn string }
	if _, _, err := db.Maybe[state](tx, `select stale, worked_on from barriers_state where org_id = $1`); err != nil {
		return err
	}
	if _, err := db.All[barriers.Recorded](tx, `select id, code, label, when_text, from_on, ended_on, by_name, recorded_ms, replaced_ms
		from barriers_rule where org_id = $1 order by code, from_on, recorded_ms, id`); err != nil {
		return err
	}
	if _, err := barriers.List(tx, barriers.Filter{Year: "9", AtLeast: 1, Sort: "name", Most: 50}); err != nil {
		return err
	}
	type group struct {
		Year string
		N    int
	}
	if _, err := db.All[group](tx, `select p.year, count(*) as n
		from (select org_id, pupil_id as id, year from barriers_standing where org_id = $1 and to_on = '9999-12-31') p
		where `+roll.Sight+`
		group by p.year`, 0, tx.Today()); err != nil {
		return err
	}
	_, err := db.All[string](tx, `select c.title from roll_class c where c.org_id = $1 and c.kind = 'form' and c.ends >= $2 order by length(c.title), c.title`, tx.Today())
	return err
}

// The list as the command prints it goes through JSON; a sanity check that the bench's schools have one.
func BenchmarkAsOf(b *testing.B) {
	d := testkit.Open(b, filepath.Join(b.TempDir(), "bench.db"), barrierSets)
	s, _ := barrierService(d)
	school(b, d, s, testkit.OrgA, 1250)
	b.ReportAllocs()
	for b.Loop() {
		lines, _, err := s.AsOf(b.Context(), testkit.A(), "")
		if err != nil || len(lines) != 1250 {
			b.Fatal(len(lines), err)
		}
		if err := json.NewEncoder(io.Discard).Encode(lines); err != nil {
			b.Fatal(err)
		}
	}
}
