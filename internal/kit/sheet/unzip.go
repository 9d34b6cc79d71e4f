package sheet

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strings"
)

const (
	// A workbook or a CSV packs to between a third and a hundredth. Beyond 250 times, once it is more than a few
	// pages, somebody made it to fill the disk.
	maxRatio      = 250
	ratioFreeZone = 16 << 20
)

// checkZip unpacks every entry to nowhere and counts, because the sizes written in a zip are whatever its maker wanted.
// It also refuses names that could leave a folder, links, and entries with a password. It returns the true sizes.
func checkZip(name string, data io.ReaderAt, size int64, lim Limits) (*zip.Reader, map[*zip.File]int64, error) {
	zr, err := zip.NewReader(data, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, nil, fail(name, Corrupt, "The file is damaged or was cut off on its way. Save it again and send it once more.").because(err)
	}
	if len(zr.File) > lim.MaxEntries {
		return nil, nil, fail(name, TooBig, "There are %d files in it; the limit is %d.", len(zr.File), lim.MaxEntries)
	}
	for _, f := range zr.File {
		if err := checkEntry(name, f); err != nil {
			return nil, nil, err
		}
	}
	sizes := make(map[*zip.File]int64, len(zr.File))
	var total int64
	for _, f := range zr.File {
		n, err := countEntry(name, f, lim.MaxUnpacked-total, size, total)
		if err != nil {
			return nil, nil, err
		}
		if total += n; total > lim.MaxUnpacked {
			return nil, nil, tooBigUnpacked(name, lim)
		}
		sizes[f] = n
	}
	return zr, sizes, nil
}

func tooBigUnpacked(name string, lim Limits) error {
	return fail(name, TooBig, "It unpacks to more than %s, which is the limit. Nothing of it was read. Split it into several files.", bytesText(lim.MaxUnpacked))
}

func checkEntry(name string, f *zip.File) error {
	shown := cut(displayName(f.Name), 60)
	clean := strings.ReplaceAll(f.Name, `\`, "/")
	switch {
	case strings.HasPrefix(clean, "/"), len(clean) > 1 && clean[1] == ':', strings.ContainsRune(clean, 0):
		return fail(name, Unsafe, "It holds a file with an absolute path (%s). For safety nothing of it was read.", shown)
	case clean == "..", strings.HasPrefix(path.Clean(clean), "../"), strings.Contains("/"+clean+"/", "/../"):
		return fail(name, Unsafe, "It holds a file whose path leads out of its folder (../%s). For safety nothing of it was read.", shown)
	case !f.Mode().IsRegular() && !f.Mode().IsDir():
		return fail(name, Unsafe, "It holds a link or a device (%s) instead of an ordinary file. For safety nothing of it was read.", shown)
	case f.Flags&1 != 0:
		return fail(name, Protected, "It is protected with a password. Pack it again without one.")
	}
	return nil
}

// countEntry unpacks one entry to nowhere. left is what the limit still allows, packed and before are the archive's
// size and what was unpacked so far, for the ratio.
func countEntry(name string, f *zip.File, left, packed, before int64) (int64, error) {
	r, err := f.Open()
	if err != nil {
		return 0, fail(name, Corrupt, "The file %s in it cannot be unpacked. Save it again and send it once more.", cut(displayName(f.Name), 60)).because(err)
	}
	defer r.Close()
	var n int64
	buf := make([]byte, 64<<10)
	for {
		k, err := r.Read(buf)
		n += int64(k)
		if n > left {
			return n, fail(name, TooBig, "It unpacks to more than the limit allows (%s so far). Nothing of it was read.", bytesText(before+n))
		}
		if before+n > ratioFreeZone && (before+n)/maxRatio > packed {
			return n, fail(name, TooBig, "It unpacks to more than %d times its size, as a zip bomb does. Nothing of it was read.", maxRatio)
		}
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, fail(name, Corrupt, "The file %s in it is damaged or was cut off. Save it again and send it once more.", cut(displayName(f.Name), 60)).because(err)
		}
	}
}
