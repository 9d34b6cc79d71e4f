package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// The accounting of access. Every exported verb that takes a pass stands in the table of its folder's access_test.go: a row or a map entry that
// begins with the verb's name as a string ("Invite", or "Account of own" for a verb with several rows) and calls the verb. What happened is kept in the
// folder's testdata/tried.json by the test that tried it: whom it let in, whom not, what the other organisation and nobody got. Each must be there.

// withoutRow are verbs that need no row, and why.
var withoutRow = map[string]string{
	"internal/kit/batch.Sweep": "app gives it a pass of the system, and it only removes files that nobody may use any more",
}

// withoutPass are exported verbs that open the store by themselves, without the pass of a person, and why that is right.
var withoutPass = map[string]string{
	"internal/kit/post.Arrived":         "what a gateway tells, whose signature the route has checked; a reference that nobody knows changes nothing",
	"internal/conversations.FiguresOf":  "totals of a school with small numbers hidden; internal/sharing decides who may have them",
	"internal/sharing.GivesCounts":      "says yes or no about two organisations, and gives nothing of either",
	"internal/roll.AddOrg":              "makes an organisation by command or behind PlaceOrg, which checks the right",
	"internal/roll.OrgByCode":           "the register of organisations belongs to the installation; commands find their school by it",
	"internal/roll.OrgByID":             "the register of organisations belongs to the installation; names the school of a session",
	"internal/roll.Orgs":                "the register of organisations belongs to the installation; commands list it",
	"internal/roll.LookUp":              "the national register of schools is public",
	"internal/roll.LoadRegister":        "for the command that reads the national register of schools",
	"internal/roll.LoadClusters":        "for the command that loads the known clusters",
	"internal/barriers.Refresh":         "works a school's list out again and gives nothing of it; callers check what they show",
	"internal/roll.Members":             "the register of organisations belongs to the installation; who belongs to a cluster is no secret",
	"internal/admin.Identify":           "finds out who asks; nobody has a pass before that",
	"internal/admin.SignOut":            "the cookie is the key",
	"internal/admin.SessionOf":          "the cookie is the key",
	"internal/admin.Lock":               "the cookie is the key, and less is open than before",
	"internal/admin.Hold":               "the cookie is the key; keeps a form, sealed, for that session alone",
	"internal/admin.HeldFor":            "the cookie is the key, and the form opens for the session that sent it",
	"internal/admin.SignIn":             "nobody has a pass before the door; the password is the key",
	"internal/admin.Choose":             "nobody has a pass before the door; the sealed ticket is the key",
	"internal/admin.Forgotten":          "nobody has a pass before the door; a link goes to whoever the address belongs to",
	"internal/admin.Invitation":         "the secret of the link is the key",
	"internal/admin.ChooseByLink":       "the secret of the link is the key",
	"internal/admin.SetPassword":        "one's own: the cookie is the key, with the old password and a fresh second step",
	"internal/admin.UnlockByPassword":   "one's own: the cookie and the password are the key",
	"internal/admin.HasPassword":        "one's own: says whether there is one",
	"internal/admin.BeginApp":           "one's own: the cookie is the key, with a fresh second step",
	"internal/admin.AgainApp":           "one's own: the cookie is the key, and the form is sealed for it",
	"internal/admin.ConfirmApp":         "one's own: the cookie is the key, with a fresh second step",
	"internal/admin.RemoveApp":          "one's own: the cookie is the key, with a fresh second step",
	"internal/admin.NewRecovery":        "one's own: the cookie is the key, with a fresh second step",
	"internal/admin.FactorsOf":          "one's own: says what there is, and nothing of it",
	"internal/admin.Devices":            "one's own: the session is the key",
	"internal/admin.EndDevice":          "one's own: the cookie is the key",
	"internal/admin.EndOthers":          "one's own: the cookie is the key",
	"internal/admin.KeepAddresses":      "the sweep: brings the addresses for the door up to date, and gives nothing",
	"internal/admin.RemoveFactorsOf":    "for the command, which only someone with the data can run",
	"internal/admin.Sweep":              "removes what is over, for everyone",
	"internal/admin.Guests":             "fictional people, and only while the demo is served",
	"internal/admin.Enter":              "fictional people, and only while the demo is served",
	"internal/admin.AddGuest":           "for the command that makes the demo",
	"internal/admin.Link":               "for the command, which only someone with the data can run",
	"internal/admin.TrimTrail":          "the sweep: removes what is older than each organisation keeps its trail",
	"internal/admin.CheckTrail":         "for the command, which only someone with the data can run; says whether chains hold and gives nothing of them",
	"internal/admin.Use":                "the secret of the link is the key",
	"internal/admin.Accounts":           "the session of the browser is the key, and it gives its own accounts only",
	"internal/admin.AddPasskey":         "the cookie is the key, with a proof of this minute and the answer of the device",
	"internal/admin.AllProviders":       "for commands, which only someone with the data can run; the secrets in it are sealed",
	"internal/admin.ChoosePlace":        "the sealed choice is the key, and only the schools that an account belongs to can be chosen",
	"internal/admin.DoorProviders":      "the buttons of the door; names no school while there are several",
	"internal/admin.LogoutAt":           "the cookie is the key; says by which provider its session began",
	"internal/admin.Passkeys":           "the session of the browser is the key, and it gives its own passkeys only",
	"internal/admin.ProofProviders":     "the session of the browser is the key, and it gives its own providers only",
	"internal/admin.ProveByPasskey":     "the cookie and the passkey are the keys",
	"internal/admin.ProvidersFor":       "the door: what an address ends in says where its school signs in, and nothing about whose it is",
	"internal/admin.RemovePasskey":      "the cookie is the key, with a proof of this minute",
	"internal/admin.Unlink":             "the cookie is the key, with a proof of this minute",
	"internal/admin.UsePasskey":         "the passkey is the key",
	"internal/family.Look":              "the secret of the link is the key, and nothing of the adult is given",
	"internal/family.NewOne":            "the secret is the key; what comes of it goes to the channel that the school holds",
	"internal/family.Question":          "the cookie is the key; it gives first names of those who read on the device",
	"internal/family.Prove":             "the cookie is the key, and the answer is the proof",
	"internal/family.StandsWithoutFact": "the cookie is the key; the office is told",
	"internal/family.Close":             "the cookie is the key",
	"internal/family.Sweep":             "removes what is over, for everyone",
	"internal/family.Guests":            "fictional parents, and only while the demo is served",
	"internal/family.AddGuest":          "for the command that makes the demo",
	"internal/family.EnterGuest":        "fictional parents, and only while the demo is served",
}

// forEveryone are verbs that refuse nobody who is signed in, and why.
var forEveryone = map[string]string{
	"internal/roll.SafeguardingRoute": "everyone who is signed in may read whom to tell of a worry",
}

// verb is an exported method of a Service.
type verb struct {
	folder, name string
	pass         bool // takes an access.Pass
	itself       bool // makes a pass of its own
}

func (v verb) String() string { return v.folder + "." + v.name }

// folders below internal/ that have a Service.
func verbs(t *testing.T) (out []verb) {
	t.Helper()
	err := filepath.WalkDir("..", func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") || strings.HasSuffix(p, "_templ.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			m, ok := decl.(*ast.FuncDecl)
			if !ok || m.Recv == nil || !m.Name.IsExported() || receiver(m) != "Service" {
				continue
			}
			v := verb{folder: "internal/" + filepath.ToSlash(strings.TrimPrefix(filepath.Dir(p), ".."+string(filepath.Separator))), name: m.Name.Name}
			for _, field := range m.Type.Params.List {
				v.pass = v.pass || selected(field.Type) == "access.Pass"
			}
			ast.Inspect(m.Body, func(n ast.Node) bool {
				if c, ok := n.(*ast.CallExpr); ok {
					name := selected(c.Fun)
					v.itself = v.itself || name == "access.System" || name == "access.Installation"
				}
				return true
			})
			out = append(out, v)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].String() < out[j].String() })
	return out
}

func receiver(m *ast.FuncDecl) string {
	e := m.Recv.List[0].Type
	if s, ok := e.(*ast.StarExpr); ok {
		e = s.X
	}
	if id, ok := e.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

func selected(e ast.Expr) string {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	x, ok := s.X.(*ast.Ident)
	if !ok {
		return "?." + s.Sel.Name
	}
	return x.Name + "." + s.Sel.Name
}

// rows reads the verbs that a table of access has a row for. The table in this folder holds the rows "roll.Close" that belong to other folders.
func rows(t *testing.T, folder string) map[string]bool {
	t.Helper()
	out := rowsOf(t, folder, "")
	for name := range rowsOf(t, "internal/app", filepath.Base(folder)+".") {
		out[name] = true
	}
	return out
}

func rowsOf(t *testing.T, folder, prefix string) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(strings.TrimPrefix(folder, "internal/")), "*access_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range files {
		rowsIn(t, p, prefix, out)
	}
	return out
}

// rowsIn adds the rows of one file.
func rowsIn(t *testing.T, p, prefix string, out map[string]bool) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	note := func(first ast.Expr, row ast.Node) {
		lit, ok := first.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		text, _ := strconv.Unquote(lit.Value)
		text, ok = strings.CutPrefix(text, prefix)
		if !ok {
			return
		}
		name, _, _ := strings.Cut(text, " ")
		ast.Inspect(row, func(n ast.Node) bool {
			if c, ok := n.(*ast.CallExpr); ok {
				if s, ok := c.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == name {
					out[name] = true
				}
			}
			return true
		})
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.CompositeLit:
			if len(x.Elts) > 1 {
				note(x.Elts[0], x)
			}
		case *ast.KeyValueExpr:
			note(x.Key, x.Value)
		}
		return true
	})
}

func TestEveryVerbIsAccountedFor(t *testing.T) {
	byFolder := map[string]map[string]bool{}
	used := map[string]bool{}
	n := 0
	for _, v := range verbs(t) {
		switch {
		case v.pass:
			n++
			if byFolder[v.folder] == nil {
				byFolder[v.folder] = rows(t, v.folder)
			}
			if reason, ok := withoutRow[v.String()]; ok && reason != "" {
				used[v.String()] = true
				continue
			}
			if !byFolder[v.folder][v.name] {
				t.Errorf("%s has no row in %s/access_test.go: who may, who may not, the other organisation, no pass", v, v.folder)
			}
			if x := triedOf(t, v.folder)[v.name]; x == nil || len(x.Allowed) == 0 || len(x.Denied) == 0 && forEveryone[v.String()] == "" || x.Other == "" || x.None == "" {
				t.Errorf("%s was not tried in all four ways: %+v. Its row has to go through testkit.Try; then AJAR_TRIED=write go test ./%s", v, x, v.folder)
			}
		case v.itself:
			if withoutPass[v.String()] == "" {
				t.Errorf("%s takes no pass and makes its own. Let it take one, or give the reason in withoutPass", v)
			}
			used[v.String()] = true
		}
	}
	if n < 80 {
		t.Errorf("found %d verbs with a pass; the search is broken", n)
	}
	for _, list := range []map[string]string{withoutRow, withoutPass} {
		for name := range list {
			if !used[name] {
				t.Errorf("%s is excepted and needs no exception; delete it", name)
			}
		}
	}
}

// The search itself: a row counts when it names the verb and calls it.
func TestRowsAreFound(t *testing.T) {
	found := rows(t, "internal/kit/batch")
	for _, name := range []string{"Try", "Confirm", "Undo"} {
		if !found[name] {
			t.Errorf("%s stands in the table and was not found", name)
		}
	}
	for _, name := range []string{"Offer", "Progress", "Kinds", "testkit"} {
		if found[name] {
			t.Errorf("%s was found, and stands in no table", name)
		}
	}
}
