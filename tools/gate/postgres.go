package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// testRole owns the test databases. It is no superuser, because superusers pass by row-level security and a test of it would prove nothing.
const testRole = "ajar_test"

// postgres is a server of our own in a temporary folder.
type postgres struct {
	URL    string // for the tests, as testRole
	dir    string
	cmd    *exec.Cmd
	exited chan error
}

// postgresBin finds the folder with initdb and postgres, the newest version first. Debian keeps them off the PATH.
func postgresBin() string {
	dirs, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	version := func(dir string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		return n
	}
	sort.Slice(dirs, func(i, j int) bool { return version(dirs[i]) > version(dirs[j]) })
	if path, err := exec.LookPath("initdb"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	for _, dir := range dirs {
		if executable(filepath.Join(dir, "initdb")) && executable(filepath.Join(dir, "postgres")) {
			return dir
		}
	}
	return ""
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir() && info.Mode()&0o111 != 0
}

// startPostgres makes a cluster and a test database in a temporary folder and serves it on a spare port of 127.0.0.1. Call Stop in every case.
func startPostgres(ctx context.Context) (_ *postgres, err error) {
	bin := postgresBin()
	if bin == "" {
		return nil, errors.New("no PostgreSQL server programs (initdb, postgres) found; " + installHint)
	}
	owner, err := serverUser()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(memoryFolder(), "ajar-pg-")
	if err != nil {
		return nil, err
	}
	p := &postgres{dir: dir}
	defer func() {
		if err != nil {
			p.Stop()
		}
	}()
	if owner != nil {
		if err := os.Chown(dir, int(owner.Uid), int(owner.Gid)); err != nil {
			return nil, err
		}
	}
	password := secret()
	if err := p.initdb(ctx, bin, owner, password); err != nil {
		return nil, err
	}
	// The port is free when we look and may be taken when the server starts: look again.
	for try := 1; ; try++ {
		admin, startErr := p.serve(ctx, bin, owner, password)
		if startErr == nil {
			return p, p.makeTestDatabase(ctx, admin)
		}
		if try == 3 || ctx.Err() != nil {
			return nil, startErr
		}
	}
}

// memoryFolder is a folder that lives in memory, when there is one with room to spare, and otherwise empty, which means the usual temporary folder. The tests make and
// drop hundreds of databases of some six hundred files each; on a disk with ext4 that took three quarters of their time, because a new file does not get
// the place of one that was deleted a moment ago and the search for another grows (docs/performance.md).
func memoryFolder() string {
	const folder, room = "/dev/shm", 4 << 30
	var fs syscall.Statfs_t
	if err := syscall.Statfs(folder, &fs); err != nil || fs.Bavail*uint64(fs.Bsize) < room || syscall.Access(folder, 7) != nil {
		return ""
	}
	return folder
}

// serverUser is who the server runs as: nil for ourselves, and somebody else when we are root, which postgres refuses.
func serverUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is neither a user postgres nor a user nobody to run it as")
}

func (p *postgres) initdb(ctx context.Context, bin string, owner *syscall.Credential, password string) error {
	pwfile := filepath.Join(p.dir, "pw")
	if err := os.WriteFile(pwfile, []byte(password+"\n"), 0o600); err != nil {
		return err
	}
	defer os.Remove(pwfile)
	if owner != nil {
		if err := os.Chown(pwfile, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata", p.data(), "--username", "gate", "--pwfile", pwfile,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions")
	p.prepare(cmd, owner)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (p *postgres) data() string { return filepath.Join(p.dir, "data") }

// prepare gives a server program a home it may enter, a small environment of its own, and a process group of its own, so that Ctrl-C in
// the terminal reaches it through us and not before us.
func (p *postgres) prepare(cmd *exec.Cmd, owner *syscall.Credential) {
	cmd.Dir = p.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=" + p.dir}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Setpgid: true, Pdeathsig: syscall.SIGQUIT}
}

// serve starts the server, waits until it answers, and returns the address of its superuser.
func (p *postgres) serve(ctx context.Context, bin string, owner *syscall.Credential, password string) (admin string, err error) {
	port, err := sparePort()
	if err != nil {
		return "", err
	}
	settings := []string{"-D", p.data(), "-p", strconv.Itoa(port)}
	for _, s := range []string{
		"listen_addresses=127.0.0.1",
		"unix_socket_directories=" + p.socketDir(),
		"max_connections=200",
		// The data is thrown away: safety against a power cut costs only time.
		"fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
		"timezone=UTC", "log_timezone=UTC",
	} {
		settings = append(settings, "-c", s)
	}
	var said bytes.Buffer
	cmd := exec.Command(filepath.Join(bin, "postgres"), settings...)
	p.prepare(cmd, owner)
	cmd.Stdout, cmd.Stderr = &said, &said
	exited, err := start(cmd)
	if err != nil {
		return "", err
	}
	p.cmd, p.exited = cmd, exited
	admin = fmt.Sprintf("postgres://gate:%s@127.0.0.1:%d/postgres?sslmode=disable", password, port)
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if ping(ctx, admin) == nil {
			return admin, nil
		}
		select {
		case err := <-exited:
			p.cmd = nil
			return "", fmt.Errorf("PostgreSQL did not start: %v\n%s", err, said.String())
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return "", errors.New("PostgreSQL did not answer within 30 seconds")
}

// socketDir is empty (no socket) when the temporary folder's name is too long for one; TCP is always there.
func (p *postgres) socketDir() string {
	if len(p.dir) > 80 {
		return ""
	}
	return p.dir
}

// start runs a command on a thread that stays: the signal sent at our death (Pdeathsig) is sent when the *thread* that started it ends.
func start(cmd *exec.Cmd) (exited chan error, err error) {
	exited = make(chan error, 1)
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			exited <- cmd.Wait()
		}
	}()
	return exited, <-started
}

func sparePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

func ping(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return conn.Close(ctx)
}

func (p *postgres) makeTestDatabase(ctx context.Context, admin string) error {
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	password := secret()
	for _, statement := range []string{
		"create role " + testRole + " login createdb nosuperuser nobypassrls password '" + password + "'",
		"create database " + testRole + " owner " + testRole,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	c := conn.Config()
	p.URL = fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", testRole, password, c.Port, testRole)
	return nil
}

// Stop ends the server and removes its folder. It may be called twice.
func (p *postgres) Stop() {
	if p == nil {
		return
	}
	if p.cmd != nil {
		_ = p.cmd.Process.Signal(syscall.SIGINT) // fast shutdown: clients are sent away
		select {
		case <-p.exited:
		case <-time.After(10 * time.Second):
			_ = p.cmd.Process.Signal(syscall.SIGQUIT)
			<-p.exited
		}
		p.cmd = nil
	}
	_ = os.RemoveAll(p.dir)
}

// secret is a password that needs no escaping anywhere.
func secret() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return hex.EncodeToString(b[:])
}
