package ui

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browser opens Chromium on the samples; without one the test is skipped and says so.
func browser(t *testing.T) (ctx context.Context, address string) {
	t.Helper()
	path := ""
	for _, name := range []string{os.Getenv("AJAR_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); name != "" && err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("NOT TESTED: no Chromium on this machine, so neither accessibility nor the script was looked at. On Debian: apt-get install chromium")
	}
	server := httptest.NewServer(SamplesHandler())
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("no-first-run", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	all, stopAll := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stopAll)
	ctx, stop := chromedp.NewContext(all)
	t.Cleanup(stop)
	ctx, late := context.WithTimeout(ctx, 2*time.Minute)
	t.Cleanup(late)
	return ctx, server.URL
}

const (
	wide   = 1280
	narrow = 320
)

func open(t *testing.T, ctx context.Context, address string, width int64) {
	t.Helper()
	options := []chromedp.EmulateViewportOption{}
	if width < 600 {
		options = append(options, chromedp.EmulateMobile)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800, options...), chromedp.Navigate(address)); err != nil {
		t.Fatalf("open %s: %v", address, err)
	}
}

// TestAccessible runs axe on every sample page, in a wide and a narrow window, and checks that nothing sticks out.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("..", "..", "test", "journeys", "axe", "axe.min.js"))
	if err != nil {
		t.Fatalf("the accessibility checker is missing; `make assets` in tools/assets puts it there: %v", err)
	}
	ctx, address := browser(t)
	for _, page := range []string{"/samples", "/samples/parent", "/samples/parent?lang=ur", "/samples/letter", "/samples/leaf", "/samples/leaf?in=ur", "/samples/leaf?in=pa"} {
		for _, width := range []int64{wide, narrow} {
			t.Run(fmt.Sprintf("%s at %d", page, width), func(t *testing.T) {
				open(t, ctx, address+page, width)
				picture(t, ctx, page, width)
				over, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`document.documentElement.scrollWidth - document.documentElement.clientWidth`))
				if err != nil {
					t.Fatal(err)
				}
				if over > 0 {
					t.Errorf("the page is %v px wider than the window", over)
				}
				if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](string(axe)+";0")); err != nil {
					t.Fatal(err)
				}
				found, err := chromedp.Run(ctx, chromedp.Evaluate[string](axeRun, chromedp.EvalAwaitPromise))
				if err != nil {
					t.Fatal(err)
				}
				var result struct {
					Passes     int
					Violations []struct{ ID, Help, Where string }
				}
				if err := json.Unmarshal([]byte(found), &result); err != nil {
					t.Fatalf("%v in %s", err, found)
				}
				if result.Passes < 10 {
					t.Errorf("only %d checks passed: was the page there at all?", result.Passes)
				}
				for _, v := range result.Violations {
					t.Errorf("%s: %s\n\t%s", v.ID, v.Help, v.Where)
				}
			})
		}
	}
}

const axeRun = `axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(r => JSON.stringify({
	passes: r.passes.length,
	violations: r.violations.map(v => ({id: v.id, help: v.help, where: v.nodes.slice(0, 6).map(n => n.html.slice(0, 160) + ' – ' + n.failureSummary.replace(/\s+/g, ' ').slice(0, 240)).join('\n\t')}))
}))`

// picture keeps a picture when AJAR_PICTURES names a folder, for looking.
func picture(t *testing.T, ctx context.Context, page string, width int64) {
	t.Helper()
	folder := os.Getenv("AJAR_PICTURES")
	if folder == "" {
		return
	}
	time.Sleep(300 * time.Millisecond) // the type is still on its way
	shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	name := strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(strings.Trim(page, "/"))
	keep := func(ending string, content []byte) {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%d.%s", name, width, ending)), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	keep("png", shot)
	if width == wide {
		pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
		if err != nil {
			t.Fatal(err)
		}
		keep("pdf", pdf)
	}
}

func eval[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return v
}

// until waits for a sentence of the script to come true.
func until(t *testing.T, ctx context.Context, what, script string) {
	t.Helper()
	for range 60 {
		if eval[bool](t, ctx, script) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("never happened: %s (%s)", what, eval[string](t, ctx, `document.querySelector('[data-save-text]').textContent`))
}

// TestNothingTypedIsLost types into a form that saves itself: with a server, without one, and when coming back.
func TestNothingTypedIsLost(t *testing.T) {
	ctx, address := browser(t)
	open(t, ctx, address+"/samples", wide)
	const (
		quick    = `document.querySelector('form[data-autosave]').dataset.autosaveWait = 100; 0`
		saidText = `document.querySelector('[data-save-text]').textContent`
		stored   = `localStorage.getItem('ajar-draft:/samples/draft')`
	)
	typed := func(words string) {
		eval[int](t, ctx, fmt.Sprintf(`(() => { const a = document.getElementById('said'); a.value = %q; a.dispatchEvent(new Event('input', {bubbles: true})); return 0 })()`, words))
	}
	until(t, ctx, "the script begins", `document.querySelector('form[data-autosave]').dataset.ready === 'true'`)

	typed("She likes art, too.")
	if got := eval[string](t, ctx, saidText); got != "Not saved yet" {
		t.Errorf("while typing it says %q", got)
	}
	until(t, ctx, "the draft is saved", `document.querySelector('[data-save-state]').dataset.state === 'saved'`)
	if got := eval[string](t, ctx, saidText); !strings.HasPrefix(got, "Draft saved at ") {
		t.Errorf("after saving it says %q", got)
	}
	if eval[bool](t, ctx, stored+` !== null`) {
		t.Error("a draft that was sent is still kept on the device")
	}

	eval[int](t, ctx, `window.fetch = () => Promise.reject(new TypeError('no network')); 0`)
	typed("She was unhappy in the spring.")
	until(t, ctx, "the failure is told", `document.querySelector('[data-save-state]').dataset.state === 'failed'`)
	if !eval[bool](t, ctx, stored+`.includes('unhappy')`) {
		t.Error("no copy is kept when the school cannot be reached")
	}

	// Leaving now would ask first, which this test cannot answer; a new form in the same place is the same as coming back.
	if err := chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](`window.addEventListener('beforeunload', e => { e.stopImmediatePropagation() }, true); document.querySelector('form[data-autosave]').dispatchEvent(new Event('submit')); sessionStorage.clear(); 0`), chromedp.Navigate(address+"/samples")); err != nil {
		t.Fatal(err)
	}
	until(t, ctx, "the copy is offered", `!!document.querySelector('.ajar-save__found')`)
	eval[int](t, ctx, quick)
	eval[int](t, ctx, `document.querySelector('.ajar-save__found button').click(); 0`)
	until(t, ctx, "the copy is put back", `document.getElementById('said').value === 'She was unhappy in the spring.'`)
	until(t, ctx, "the copy is sent", stored+` === null`)
}

func TestAnswersShowWhatBelongsToThem(t *testing.T) {
	ctx, address := browser(t)
	open(t, ctx, address+"/samples", wide)
	const hidden = `getComputedStyle(document.getElementById('conditional-outcome-2')).display === 'none'`
	if eval[bool](t, ctx, hidden) {
		t.Error("the field of the chosen answer is not in view")
	}
	eval[int](t, ctx, `document.getElementById('outcome').click(); 0`)
	if !eval[bool](t, ctx, hidden) {
		t.Error("the field of an answer not chosen is in view")
	}
}

// TestMenuOnAPhone: one menu is displayed, whatever the width.
func TestMenuOnAPhone(t *testing.T) {
	ctx, address := browser(t)
	for width, want := range map[int64]string{wide: "true false", narrow: "false true"} {
		open(t, ctx, address+"/samples", width)
		got := eval[string](t, ctx, `['.ajar-nav', '.ajar-menu'].map(s => getComputedStyle(document.querySelector(s)).display !== 'none').join(' ')`)
		if got != want {
			t.Errorf("at %d: %s", width, got)
		}
	}
}
