package outside

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
)

// Town is what stands between a school and a family: Postfix as the school's mail server, which hands what is for the domain of answers to Ajar, and Dovecot,
// where the family has its mailbox.
type Town struct {
	SMTP string // where the school hands over its mail
	IMAP string // where the mailboxes are read
	logs string
}

// The family's domain, those in it who have a mailbox, and their password.
const (
	TownDomain   = "home.example"
	TownPassword = "let me in"
)

// MailTown starts both. answers is the domain of signed addresses, which goes to listener by SMTP, or to the mailbox of answers when listener is empty.
// Mailboxes: amina, and answers. Everybody else at home.example does not exist.
func MailTown(t *testing.T, answers, listener string) *Town {
	t.Helper()
	for _, p := range []string{"/usr/sbin/postfix", "/usr/sbin/dovecot"} {
		if _, err := os.Stat(p); err != nil {
			t.Skip("Postfix and Dovecot are not installed (Debian packages postfix and dovecot-imapd, dovecot-lmtpd); the gate installs them")
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("Postfix begins as root alone")
	}
	// Their helpers run as accounts of their own, which have to get through the folders above.
	dir, err := os.MkdirTemp("", "ajar-town")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	smtpPort, imapPort, lmtpPort := spare(t), spare(t), spare(t)
	town := &Town{SMTP: fmt.Sprintf("127.0.0.1:%d", smtpPort), IMAP: fmt.Sprintf("127.0.0.1:%d", imapPort), logs: filepath.Join(dir, "mail.log")}
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	run := func(program string, args ...string) {
		t.Helper()
		if out, err := exec.Command(program, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
		}
	}

	// Dovecot: mailboxes in folders, delivered to by LMTP, read by IMAP.
	mail, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	boxes := filepath.Join(dir, "boxes")
	if err := os.Mkdir(boxes, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(boxes, 0o777); err != nil {
		t.Fatal(err)
	}
	users := put("users", "amina@home.example:{PLAIN}"+TownPassword+"\nanswers@home.example:{PLAIN}"+TownPassword+"\n")
	conf := put("dovecot.conf", fmt.Sprintf(`base_dir = %[1]s/dovecot
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
log_path = %[1]s/dovecot.log
mail_location = maildir:%[2]s/%%u
first_valid_uid = 1
first_valid_gid = 1
mail_uid = %[3]s
mail_gid = %[4]s
listen = 127.0.0.1
default_internal_user = dovecot
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%%u %[5]s
}
userdb {
  driver = static
  args = uid=%[3]s gid=%[4]s home=%[2]s/%%u
}
recipient_delimiter = +
service imap-login {
  inet_listener imap {
    port = %[6]d
  }
  inet_listener imaps {
    port = 0
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = %[7]d
  }
}
`, dir, boxes, mail.Uid, mail.Gid, users, imapPort, lmtpPort))
	start(t, "/usr/sbin/dovecot", "-F", "-c", conf)
	t.Cleanup(func() { _ = exec.Command("/usr/bin/doveadm", "-c", conf, "stop").Run() })

	// Postfix, with a folder of its own for everything.
	relayed, aliased, transport := TownDomain, answers, ""
	if listener != "" {
		relayed, aliased, transport = TownDomain+" "+answers, "", fmt.Sprintf("%s smtp:[%s\n", answers, strings.Replace(listener, ":", "]:", 1))
	}
	virtual := ""
	if aliased != "" {
		virtual = "texthash:" + filepath.Join(dir, "postfix/virtual")
	}
	put("postfix/virtual", "@"+answers+" answers@"+TownDomain+"\n")
	put("postfix/transport", fmt.Sprintf("%s%s lmtp:inet:127.0.0.1:%d\n", transport, TownDomain, lmtpPort))
	put("postfix/main.cf", fmt.Sprintf(`compatibility_level = 3.6
queue_directory = %[1]s/spool
data_directory = %[1]s/postfixdata
maillog_file = %[1]s/mail.log
maillog_file_prefixes = %[1]s
mail_owner = postfix
setgid_group = postdrop
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.oak.example
mydestination =
mynetworks = 127.0.0.0/8
relay_domains = %[2]s
virtual_alias_domains = %[3]s
virtual_alias_maps = %[4]s
transport_maps = texthash:%[1]s/postfix/transport
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtpd_recipient_restrictions = permit_mynetworks, reject
bounce_queue_lifetime = 1m
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
alias_maps =
`, dir, relayed, aliased, virtual))
	put("postfix/master.cf", fmt.Sprintf(`127.0.0.1:%d inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
lmtp unix - - n - - lmtp flags=DO
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`, smtpPort))
	for _, name := range []string{"spool", "postfixdata"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	run("/bin/chown", "postfix", filepath.Join(dir, "postfixdata"))
	t.Cleanup(func() { _ = exec.Command("/usr/sbin/postfix", "-c", filepath.Join(dir, "postfix"), "stop").Run() })
	run("/usr/sbin/postfix", "-c", filepath.Join(dir, "postfix"), "start")
	reach(t, smtpPort)
	reach(t, imapPort)
	reach(t, lmtpPort)
	t.Cleanup(func() {
		if t.Failed() {
			for _, name := range []string{"mail.log", "dovecot.log"} {
				b, _ := os.ReadFile(filepath.Join(dir, name))
				t.Logf("%s:\n%s", name, b)
			}
		}
	})
	return town
}
