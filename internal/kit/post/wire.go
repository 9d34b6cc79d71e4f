package post

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"ajar/internal/kit/ids"
)

// wire notes, item by item, what this process is about to put on the wire and what came of it, in a file that outlives the process. It is not the truth, which
// is in the store; it only makes doubt small: of the items that a dead process had taken, those that it had not begun can't have left, and those whose answer it
// noted have. A note is handed to the operating system and not forced onto the disk, so it survives the end of the process and not of the machine: whoever
// reads it compares the machine's own run (boot), and after a restart of the machine believes none of its silence.
type wire struct {
	mu   sync.Mutex
	f    *os.File
	name string
	open map[ids.ID[Item]]string // lines that still matter
	size int64
}

// most is the size at which the file is written anew with only what still matters.
const mostWire = 4 << 20

func wireName(folder, me string) string { return filepath.Join(folder, "post-"+me+".wire") }

// openWire begins the file of this process. Without a folder nothing is noted.
func openWire(folder, me string) (*wire, error) {
	if folder == "" {
		return nil, nil
	}
	w := &wire{name: wireName(folder, me), open: map[ids.ID[Item]]string{}}
	f, err := os.OpenFile(w.name, os.O_CREATE|os.O_RDWR|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("noting what is on its way out: %w", err)
	}
	w.f = f
	if err := lockFile(f); err != nil {
		return nil, errors.Join(fmt.Errorf("noting what is on its way out: %w", err), f.Close())
	}
	return w, w.write("run " + thisRun() + "\n")
}

func (w *wire) write(line string) error {
	n, err := w.f.WriteString(line)
	w.size += int64(n)
	return err
}

// begin is noted before an item is put on the wire. When it can't be noted, the item must not leave.
func (w *wire) begin(org int64, id ids.ID[Item]) error { return w.note(id, "begun", org, "") }

// end is noted when the answer is there.
func (w *wire) end(org int64, id ids.ID[Item], state, theirs string) error {
	return w.note(id, state, org, theirs)
}

func (w *wire) note(id ids.ID[Item], what string, org int64, theirs string) error {
	if w == nil {
		return nil
	}
	line := what + " " + Reference(org, id) + " " + strings.Join(strings.Fields(theirs), " ") + "\n"
	w.mu.Lock()
	defer w.mu.Unlock()
	w.open[id] = line
	return w.write(line)
}

// settled forgets items of which the store now knows everything.
func (w *wire) settled(list []ids.ID[Item]) error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range list {
		delete(w.open, id)
	}
	if w.size < mostWire {
		return nil
	}
	// A line that is lost here would be silence about an item on the wire, so the new lines are written to the end first and the old ones cut off by a
	// second file that takes the first one's name.
	next := w.name + ".next"
	f, err := os.OpenFile(next, os.O_CREATE|os.O_RDWR|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("run " + thisRun() + "\n")
	for _, line := range w.open {
		b.WriteString(line)
	}
	if _, err = f.WriteString(b.String()); err == nil {
		if err = lockFile(f); err == nil {
			err = os.Rename(next, w.name)
		}
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	old := w.f
	w.f, w.size = f, int64(b.Len())
	return old.Close()
}

// close ends the notes of a process that ends in order, when nothing that it took is left.
func (w *wire) close() error {
	if w == nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.open) > 0 {
		return w.f.Close()
	}
	return errors.Join(w.f.Close(), os.Remove(w.name))
}

// wires are the processes whose notes are here.
func wires(folder string) (out []string) {
	if folder == "" {
		return nil
	}
	names, _ := filepath.Glob(wireName(folder, "*"))
	for _, n := range names {
		out = append(out, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(n), "post-"), ".wire"))
	}
	return out
}

// mark is what a dead process noted last about an item.
type mark struct{ what, theirs string }

// past is what is known of another process.
type past struct {
	alive   bool // it still runs, here
	noted   bool // its file is here and can be believed to the last line
	marks   map[ids.ID[Item]]mark
	discard func() error
}

// readWire reads the notes of another process, if it has ended and they are here.
func readWire(folder, who string) (p past, err error) {
	p.discard = func() error { return nil }
	if folder == "" || who == "" || strings.ContainsAny(who, `/\.`) {
		return p, nil
	}
	name := wireName(folder, who)
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	defer f.Close()
	if err := lockFile(f); err != nil {
		p.alive = true
		return p, nil
	}
	p.marks, p.discard = map[ids.ID[Item]]mark{}, func() error { return os.Remove(name) }
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		what, rest, _ := strings.Cut(lines.Text(), " ")
		ref, theirs, _ := strings.Cut(rest, " ")
		if what == "run" {
			p.noted = ref != "" && ref == thisRun()
			continue
		}
		if _, id, ok := ReadReference(ref); ok {
			p.marks[id] = mark{what, theirs}
		}
	}
	return p, lines.Err()
}
