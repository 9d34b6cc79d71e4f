package arch

import (
	"path"
	"regexp"
	"strings"
)

var (
	mdLink   = regexp.MustCompile(`\]\(([^()\s]+)(?:\s+"[^"]*")?\)`)
	backtick = regexp.MustCompile("`([^`\n]+)`")
	pathLike = regexp.MustCompile(`^[\w.@/-]+$`)
	lineTail = regexp.MustCompile(`(:\d+)?(#[\w-]*)?$`)
)

// sourceExt are the endings by which a word without a folder is known as a file of ours. Spreadsheets and the like are the reader's files.
var sourceExt = map[string]bool{".go": true, ".templ": true, ".sql": true, ".md": true, ".css": true, ".mod": true}

func isDocument(p string) bool {
	return strings.HasSuffix(p, ".md") && (strings.HasPrefix(p, "docs/") || !strings.Contains(p, "/"))
}

func documentLinks(t Tree) []Finding {
	var out []Finding
	for _, p := range t.paths(isDocument) {
		fenced := false
		t.lines(p, func(n int, line string) {
			say := func(what string) {
				out = append(out, Finding{"links", p, n, "there is no " + what})
			}
			if strings.HasPrefix(strings.TrimSpace(line), "```") {
				fenced = !fenced
				return
			}
			if fenced {
				for _, word := range strings.Fields(line) {
					if missing := t.missing(p, strings.Trim(word, `"'(),;`), false); missing != "" {
						say(missing)
					}
				}
				return
			}
			for _, m := range mdLink.FindAllStringSubmatch(line, -1) {
				if target := m[1]; !strings.Contains(target, ":") && !strings.HasPrefix(target, "#") {
					if at := path.Join(dir(p), lineTail.ReplaceAllString(target, "")); !t.has(at) && !t.hasFolder(at) {
						say(target)
					}
				}
			}
			for _, m := range backtick.FindAllStringSubmatch(line, -1) {
				words := strings.Fields(m[1])
				for _, word := range words {
					if missing := t.missing(p, word, len(words) == 1); missing != "" {
						say(missing)
					}
				}
			}
		})
	}
	return out
}

// missing returns the path that a word of a document names and that is not there; nothing for a word that is no path of ours. A word that
// stands alone may be shorter: a file name, or the end of a path.
func (t Tree) missing(doc, word string, alone bool) string {
	word = lineTail.ReplaceAllString(word, "")
	word = strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(word, "/..."), "/"), "./")
	if strings.HasPrefix(word, Module+"/internal/") {
		word = strings.TrimPrefix(word, Module+"/")
	}
	if word == "" || !pathLike.MatchString(word) || strings.HasPrefix(word, "/") || strings.HasPrefix(word, "../shared") {
		return ""
	}
	exists := t.has(word) || t.hasFolder(word) || t.has(path.Join(dir(doc), word)) || t.hasFolder(path.Join(dir(doc), word))
	if exists {
		return ""
	}
	top, _, nested := strings.Cut(word, "/")
	switch {
	case nested && ownFolder[top]:
		return word
	case alone && sourceExt[path.Ext(word)] && path.Ext(word) != word && !t.ends(word):
		return word
	}
	return ""
}

// ownFolder are the folders at the root: a path that begins with one is a path of ours whatever else it looks like.
var ownFolder = map[string]bool{"internal": true, "cmd": true, "docs": true, "test": true, "tools": true, ".ci": true}

// ends says whether some path of the tree ends with a file name or with the end of a path.
func (t Tree) ends(name string) bool {
	for p := range t {
		if p == name || strings.HasSuffix(p, "/"+name) {
			return true
		}
	}
	return false
}
