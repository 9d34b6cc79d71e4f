package rush

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"ajar/internal/app"
	"ajar/internal/audit"
	"ajar/internal/family"
	"ajar/internal/kit/access"
	"ajar/internal/kit/clock"
	"ajar/internal/kit/db"
	"ajar/internal/kit/ids"
	"ajar/internal/roll"
)

// house is the store of two schools, each with an audit that is open to its parents, and the program that serves it.
type house struct {
	t       testing.TB
	options app.Options
	schools []*school

	mu      sync.Mutex
	port    int
	cmd     *exec.Cmd
	gone    chan error
	said    bytes.Buffer
	spent   time.Duration // of processors, by those that were killed
	started int
}

// school is one of them.
type school struct {
	org     roll.OrgID
	head    roll.StaffID
	audit   audit.AuditID
	secrets []string // a personal link for each parent
}

// settle fills the store: so many parents in the first school, and a quarter as many in the second.
func settle(t testing.TB, o app.Options, parents int) *house {
	t.Helper()
	h := &house{t: t, options: o}
	h.open(func(ctx context.Context, a *app.App) {
		for i, n := range []int{parents - parents/4, parents / 4} {
			h.schools = append(h.schools, h.found(ctx, a, fmt.Sprintf("RUSH%d", i+1), n))
		}
	})
	t.Cleanup(h.kill)
	return h
}

// open opens the store from within, while the program is not running.
func (h *house) open(f func(ctx context.Context, a *app.App)) {
	h.t.Helper()
	o := h.options
	o.Clock, o.Log = clock.System(), slog.New(slog.NewTextHandler(io.Discard, nil))
	a, err := app.Open(h.t.Context(), o)
	h.must(err)
	f(h.t.Context(), a)
	h.must(a.Close())
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (s *school) pass(a *app.App) access.Pass {
	return a.Gate.Admit(access.Who{Org: int64(s.org), Staff: int64(s.head), Name: "Hana Head", Roles: []access.Role{roll.Head}})
}

// found makes a school with a child for each parent, an audit, and a link to its questions for each.
func (h *house) found(ctx context.Context, a *app.App, code string, n int) *school {
	h.t.Helper()
	org, err := a.Roll.AddOrg(ctx, "rush", roll.Org{Code: code, Name: code + " School", Type: "school"}, "")
	h.must(err)
	s := &school{org: org.ID}
	system := access.System("rush", int64(org.ID))
	h.must(a.DB.Update(ctx, system, func(tx *db.Tx) (err error) {
		if s.head, err = roll.AddStaff(tx, "Hana Head", ""); err != nil {
			return err
		}
		return roll.GiveRole(tx, s.head, roll.Head)
	}))
	s.audit, err = a.Audit.Start(ctx, s.pass(a), audit.Setup{Framework: "engagement", Scope: audit.School})
	h.must(err)
	h.must(a.DB.Update(ctx, system, func(tx *db.Tx) error {
		for i := range n {
			pupil, adult := ids.New[roll.Pupil](), ids.New[roll.Adult]()
			for _, x := range []struct {
				sql  string
				args []any
			}{
				{`insert into roll_pupil (org_id, id, local_id, forename, surname, date_of_birth) values ($1, $2, $3, 'Ann', 'Test', '2015-03-27')`, []any{pupil, strconv.Itoa(i)}},
				{`insert into roll_adult (org_id, id, forename, surname, name) values ($1, $2, 'Sana', 'Test', 'Sana Test')`, []any{adult}},
				{`insert into roll_tie (org_id, id, pupil_id, adult_id, relationship) values ($1, $2, $3, $4, 'Mother')`, []any{ids.New[roll.Tie](), pupil, adult}},
			} {
				if _, err := tx.Exec(x.sql, x.args...); err != nil {
					return err
				}
			}
			m, err := a.Family.Issue(tx, family.Wanted{Adult: adult, Pupil: pupil, Thing: "audit.views", ThingKey: int64(s.audit)})
			if err != nil {
				return err
			}
			s.secrets = append(s.secrets, m.Secret)
		}
		return nil
	}))
	return s
}

// program is the real one, built once.
var program struct {
	once sync.Once
	path string
	err  error
}

func ajar(t testing.TB) string {
	t.Helper()
	program.once.Do(func() {
		dir, err := os.MkdirTemp("", "ajar-rush-")
		if err != nil {
			program.err = err
			return
		}
		program.path = filepath.Join(dir, "ajar")
		cmd := exec.Command("go", "build", "-buildvcs=false", "-o", program.path, "./cmd/ajar")
		cmd.Dir, cmd.Env = filepath.Join("..", ".."), append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			program.err = fmt.Errorf("building ajar: %w\n%s", err, out)
		}
	})
	if program.err != nil {
		t.Fatal(program.err)
	}
	return program.path
}

// serve starts the program and waits for its first answer. Once started it keeps its port.
func (h *house) serve() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.port == 0 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		h.port = l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
	}
	args := []string{"serve", "--listen", fmt.Sprintf("127.0.0.1:%d", h.port), "--data", h.options.Data}
	if h.options.URL != "" {
		args = append(args, "--db", h.options.URL)
	}
	h.cmd = exec.Command(program.path, args...)
	h.cmd.Stdout, h.cmd.Stderr = &h.said, &h.said
	gone, err := startWithUs(h.cmd)
	if err != nil {
		return err
	}
	h.gone = gone
	h.started++
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if answer, err := http.Get(h.url() + "/sign-in"); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode < 500 {
				return nil
			}
		}
		select {
		case err := <-gone:
			return fmt.Errorf("ajar serve ended by itself: %w\n%s", err, h.said.String())
		default:
		}
	}
	return fmt.Errorf("ajar serve did not answer within a minute")
}

func (h *house) url() string { return fmt.Sprintf("http://127.0.0.1:%d", h.port) }

// startWithUs runs a command that ends when we end. The thread is kept because the signal is sent at the end of the thread that started the command.
func startWithUs(cmd *exec.Cmd) (gone chan error, err error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	gone = make(chan error, 1)
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			gone <- cmd.Wait()
		}
	}()
	return gone, <-started
}

// kill ends the program as a power cut does: it is not asked, and writes nothing more.
func (h *house) kill() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.cmd == nil {
		return
	}
	h.spent += processors(h.cmd.Process.Pid)
	_ = h.cmd.Process.Kill()
	<-h.gone
	h.cmd = nil
}

// tick is what /proc counts processors in, on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// processors is what a process has used so far.
func processors(pid int) time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * tick
}
