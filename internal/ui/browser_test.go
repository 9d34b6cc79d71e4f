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
	for _, page := range []string{"/samples", "/samples/parent", "/samples/parent?lang=ur", "/samples/letter"} {
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
