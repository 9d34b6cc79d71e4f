//go:build unix

package trail

import (
	"errors"
	"os"
	"syscall"
)

// lock takes the file for this process, which keeps it until it closes it or ends in any way. It is false when another has it.
func lock(f *os.File) (bool, error) {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}
