package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// Made by `make assets` in tools/assets and committed, so that building Ajar needs no Node.
//
//go:embed static
var staticFiles embed.FS

// StaticPrefix is where Static must be mounted.
const StaticPrefix = "/static/"

type asset struct {
	name, kind    string
	plain, zipped []byte
}

var assets, assetPaths = loadAssets(staticFiles)

// Asset gives the address of an embedded file: Asset("ajar.css") is "/static/ajar.<hash>.css". The address changes
// with the content, so browsers may keep the file for a year. An unknown name gives an address that answers 404.
func Asset(name string) string {
	if p, ok := assetPaths[name]; ok {
		return p
	}
	return StaticPrefix + name
}

// Static serves the embedded files. Mount it at StaticPrefix; it is public, because it holds nothing about anybody.
func Static() http.Handler {
	return http.HandlerFunc(serveAsset)
}

func serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := assets[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This address can only be read.", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	body := a.plain
	if a.zipped != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body = a.zipped
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
}

// acceptsGzip reads Accept-Encoding; "gzip;q=0" is a refusal.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(coding) != "gzip" && strings.TrimSpace(coding) != "*" {
			continue
		}
		q, isQ := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		return !isQ || err != nil || weight > 0
	}
	return false
}

var cssURL = regexp.MustCompile(`url\("?([A-Za-z0-9._-]+)"?\)`)

// loadAssets names and presses every file once, when the program starts. Style sheets come last, because the
// addresses of the type they ask for have to be written into them before they are named themselves.
func loadAssets(files fs.FS) (byPath map[string]asset, paths map[string]string) {
	byPath, paths = map[string]asset{}, map[string]string{}
	entries, err := fs.ReadDir(files, "static")
	if err != nil {
		return byPath, paths
	}
	sort.SliceStable(entries, func(i, j int) bool {
		return path.Ext(entries[i].Name()) != ".css" && path.Ext(entries[j].Name()) == ".css"
	})
	for _, e := range entries {
		name := e.Name()
		content, err := fs.ReadFile(files, "static/"+name)
		if err != nil {
			continue
		}
		if path.Ext(name) == ".css" {
			content = cssURL.ReplaceAllFunc(content, func(m []byte) []byte {
				if p, ok := paths[string(cssURL.FindSubmatch(m)[1])]; ok {
					return []byte("url(" + path.Base(p) + ")")
				}
				return m
			})
		}
		sum := sha256.Sum256(content)
		ext := path.Ext(name)
		p := StaticPrefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		a := asset{name: name, kind: contentKind(ext), plain: content}
		if ext != ".woff2" {
			a.zipped = press(content)
		}
		byPath[p], paths[name] = a, p
	}
	return byPath, paths
}

func press(content []byte) []byte {
	var buf bytes.Buffer
	zw, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := zw.Write(content); err != nil {
		return nil
	}
	if err := zw.Close(); err != nil {
		return nil
	}
	return buf.Bytes()
}

// contentKind does not ask the machine's mime table: a bare container has none, and Windows has a wrong one.
func contentKind(ext string) string {
	switch ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	return "text/plain; charset=utf-8"
}
