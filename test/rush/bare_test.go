package rush

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
)

// bareEnv makes the test a bare handler over the store that it names.
const bareEnv = "AJAR_RUSH_BARE"

// questions is how many parents are asked by the framework of the rush.
const questions = 13

// bare answers a GET with as many bytes as a question has after one indexed read, and a POST after writing one row of the size of a sealed ballot: the least that
// can be done for an answer that is to be there after a power cut.
func bare() {
	org, _ := strconv.ParseInt(os.Getenv("AJAR_RUSH_ORG"), 10, 64)
	audit, _ := strconv.ParseInt(os.Getenv("AJAR_RUSH_AUDIT"), 10, 64)
	pass := access.System("rush", org)
	d, err := db.Open(context.Background(), db.Options{URL: os.Getenv(bareEnv), Clock: clock.System()})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	page, ballot := []byte(strings.Repeat("x", 7_000)), make([]byte, 8<<10)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("http://" + l.Addr().String())
	_ = http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		if r.Method == http.MethodPost {
			err = d.Update(r.Context(), pass, func(tx *db.Tx) error {
				_, err := tx.Exec(`insert into audit_begun (org_id, audit_id, seal, body) values ($1, $2, $3, $4) on conflict (org_id, audit_id, seal) do update set body = excluded.body`, audit, r.URL.Path, ballot)
				return err
			})
		} else {
			err = d.View(r.Context(), access.Installation("rush"), func(tx *db.Tx) error {
				_, _, err := db.Maybe[int64](tx, `select org from family_key where hash = $1`, r.URL.Path)
				return err
			})
		}
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
		case r.Method == http.MethodPost:
			http.Redirect(w, r, r.URL.Path, http.StatusSeeOther)
		default:
			_, _ = w.Write(page)
		}
	}))
}

// bare sends the bare handler what the same number of parents send: the page with the button, the button, their own page, each question and its answer, the last page, the last
// button and the thanks.
func (h *house) bare(r rush) (m met) {
	h.t.Helper()
	store := h.options.URL
	if store == "" {
		store = h.options.Data + "/ajar.db"
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), bareEnv+"="+store, fmt.Sprint("AJAR_RUSH_ORG=", int64(h.schools[0].org)), fmt.Sprint("AJAR_RUSH_AUDIT=", int64(h.schools[0].audit)))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	h.must(err)
	gone, err := startWithUs(cmd)
	h.must(err)
	line, err := bufio.NewReader(out).ReadString('\n')
	h.must(err)
	go func() { _, _ = io.Copy(io.Discard, out) }()
	all := newCrowd(strings.TrimSpace(line))
	arrive := max(r.within-25*r.think, r.within/2)
	begin := time.Now()
	var there sync.WaitGroup
	for i := range r.parents {
		p := &parent{crowd: all, jar: map[string]string{}, lot: rand.New(rand.NewPCG(1, uint64(i)))}
		there.Go(func() {
			time.Sleep(time.Until(begin.Add(arrive * time.Duration(i) / time.Duration(r.parents))))
			path := fmt.Sprintf("/%d", i)
			for step := range questions + 2 {
				time.Sleep(time.Duration(p.lot.Int64N(int64(2 * r.think))))
				_, _, _, _ = p.ask(http.MethodPost, path, url.Values{"q": {strconv.Itoa(step)}})
				_, _, _, _ = p.ask(http.MethodGet, path, nil)
			}
			_, _, _, _ = p.ask(http.MethodGet, path, nil)
		})
	}
	there.Wait()
	m.crowd = all
	m.forAnswer = processors(cmd.Process.Pid) / time.Duration(r.parents*questions)
	_ = cmd.Process.Kill()
	<-gone
	slices.Sort(all.took)
	if n := len(all.took); n > 0 {
		m.p50, m.p99, m.worst = all.took[n/2], all.took[n*99/100], all.took[n-1]
	}
	return m
}
