package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// tool is something from the operating system that the tests need.
type tool struct {
	pkg   string // Debian package
	what  string
	found func() bool
}

var tools = []tool{
	{"postgresql", "PostgreSQL's server programs", func() bool { return postgresBin() != "" }},
	{"kannel", "a gateway for text messages", func() bool { return exists("/usr/sbin/smsbox") }},
	{"kannel-extras", "that gateway's pretended operator", func() bool { return exists("/usr/lib/kannel/test/fakesmsc") }},
	{"postfix", "a mail server that bounces", func() bool { return exists("/usr/sbin/postfix") }},
	{"dovecot-imapd", "mailboxes", func() bool { return exists("/usr/lib/dovecot/imap") }},
	{"dovecot-lmtpd", "the way into mailboxes", func() bool { return exists("/usr/lib/dovecot/lmtp") }},
	{"nginx-light", "a proxy to stand in front of Ajar", func() bool { return exists("/usr/sbin/nginx") }},
	{"chromium", "a browser for the journeys", func() bool { return browser() != "" }},
	{"libreoffice-writer-nogui", "a word processor that opens the documents", func() bool { _, err := exec.LookPath("soffice"); return err == nil }},
	{"fonts-noto-core", "letters for the scripts that families read", hasNoto},
	{"nodejs", "Node for the OpenID Connect provider of the tests", func() bool { return node() != "" }},
	{"npm", "npm for the OpenID Connect provider of the tests", func() bool { _, err := exec.LookPath("npm"); return err == nil }},
}

const installHint = "on Debian run: sudo apt-get install -y --no-install-recommends postgresql kannel kannel-extras postfix dovecot-imapd dovecot-lmtpd nginx-light chromium libreoffice-writer-nogui fonts-noto-core nodejs npm"

func browser() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func hasNoto() bool {
	for _, pattern := range []string{"/usr/share/fonts/*/noto*/NotoNastaliqUrdu*", "/usr/share/fonts/noto*/NotoNastaliqUrdu*", "/usr/local/share/fonts/*/NotoNastaliqUrdu*"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return true
		}
	}
	return false
}

func missing() []tool {
	var out []tool
	for _, t := range tools {
		if !t.found() {
			out = append(out, t)
		}
	}
	return out
}

// install sees to it that everything from the operating system is there. It changes the machine only as root, and says what it does.
func install(ctx context.Context) error {
	need := missing()
	if len(need) == 0 {
		return nil
	}
	var names []string
	for _, t := range need {
		fmt.Printf("gate: missing: %s (%s)\n", t.what, t.pkg)
		names = append(names, t.pkg)
	}
	_, err := exec.LookPath("apt-get")
	if err != nil || os.Geteuid() != 0 {
		return fmt.Errorf("something is missing and only root may install it; run this line and start again:\n\n    sudo apt-get install -y --no-install-recommends %s", strings.Join(names, " "))
	}
	fmt.Printf("gate: installing %s with apt-get, because we are root\n", strings.Join(names, ", "))
	if err := aptGet(ctx, append([]string{"install", "-y", "--no-install-recommends"}, names...)...); err != nil {
		// A machine that is new has no package lists, or old ones.
		if err := aptGet(ctx, "update"); err != nil {
			return err
		}
		if err := aptGet(ctx, append([]string{"install", "-y", "--no-install-recommends"}, names...)...); err != nil {
			return err
		}
	}
	if still := missing(); len(still) > 0 {
		return fmt.Errorf("%s is installed, and still %s cannot be found", still[0].pkg, still[0].what)
	}
	return nil
}

// aptGet asks no questions: Postfix, which would ask what kind of mail server it is to be, is told that nobody configures it here. Its tests bring their own.
func aptGet(ctx context.Context, args ...string) error {
	if slices.Contains(args, "postfix") {
		if say := exec.CommandContext(ctx, "debconf-set-selections"); exists("/usr/bin/debconf-set-selections") {
			say.Stdin = strings.NewReader("postfix postfix/main_mailer_type select No configuration\n")
			if out, err := say.CombinedOutput(); err != nil {
				return fmt.Errorf("answering Postfix's question: %w\n%s", err, out)
			}
		}
	}
	cmd := exec.CommandContext(ctx, "apt-get", append([]string{"-q"}, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("apt-get %s: %w\n%s", strings.Join(args, " "), err, lastLines(string(out), 20))
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
