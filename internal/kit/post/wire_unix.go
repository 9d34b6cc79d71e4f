//go:build unix

package post

import (
	"os"
	"strings"
	"sync"
	"syscall"
)

// lockFile locks a file for this process, or tells that another has it.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// thisRun tells one run of the machine from the next; empty where that can't be known.
var thisRun = sync.OnceValue(func() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
})
