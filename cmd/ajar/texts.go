package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"ajar/internal/kit/say"

	_ "ajar/internal/app" // every room declares its texts
	_ "ajar/internal/family/web"
)

func init() {
	register("texts", "what Ajar says to families, for translators: --missing, --export pl, --check FILE, --take FILE", texts)
}

// maxCatalogue is far more than all texts in one language.
const maxCatalogue = 4 << 20

// texts hands a catalogue to a translator and takes it back. It needs no data and opens none.
func texts(_ context.Context, e *Env) error {
	f := e.Flags("texts --missing | --export LANGUAGE | --check FILE | --take FILE")
	missing := f.Bool("missing", false, "list what is not translated, or not as it should be")
	export := f.String("export", "", "write everything in one `language` with the English beside it, such as pl")
	check := f.String("check", "", "say what is wrong with a `file` that came back")
	take := f.String("take", "", "put a `file` that came back among the sources; run it at the top of the repository")
	if _, err := e.Parse(); err != nil {
		return err
	}
	asked := 0
	for _, yes := range []bool{*missing, *export != "", *check != "", *take != ""} {
		if yes {
			asked++
		}
	}
	if asked != 1 {
		return usage("Say one of --missing, --export LANGUAGE, --check FILE or --take FILE.")
	}
	switch {
	case *export != "":
		content, err := say.Export(*export)
		if err != nil {
			return fmt.Errorf("%w; the languages are %s", err, spoken())
		}
		_, err = e.Out.Write(content)
		return err
	case *check != "":
		content, err := readCatalogue(*check)
		if err != nil {
			return err
		}
		found, err := say.Review(content)
		if err != nil {
			return fmt.Errorf("%s: %w", *check, err)
		}
		return e.problems(found, *check+" is complete and in order.")
	case *take != "":
		return e.takeTexts(*take)
	}
	return e.problems(say.Problems(), "Every text is there in every language.")
}

func spoken() string {
	out := ""
	for _, l := range say.Tongues() {
		if !l.IsEnglish() {
			out += " " + l.Tag() + " (" + l.English() + ")"
		}
	}
	return out[1:]
}

func readCatalogue(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("the file %s cannot be opened: %w", name, err)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxCatalogue+1))
}

// problems prints what was found and ends with an error when there was anything, so that a script notices.
func (e *Env) problems(found []say.Problem, good string) error {
	if found == nil {
		found = []say.Problem{}
	}
	if err := e.Print(found, func(w io.Writer) {
		for _, p := range found {
			fmt.Fprintln(w, p.Error())
		}
		if len(found) == 0 {
			fmt.Fprintln(w, good)
		}
	}); err != nil {
		return err
	}
	switch len(found) {
	case 0:
		return nil
	case 1:
		return fmt.Errorf("one text needs a look; see above")
	}
	return fmt.Errorf("%d texts need a look; see above", len(found))
}

func (e *Env) takeTexts(name string) error {
	content, err := readCatalogue(name)
	if err != nil {
		return err
	}
	files, found, err := say.Take(content)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(found) > 0 {
		return e.problems(found, "")
	}
	for _, f := range files {
		if info, err := os.Stat(filepath.Dir(f.File)); err != nil || !info.IsDir() {
			return fmt.Errorf("there is no folder %s here; run this at the top of the repository. Nothing was written", filepath.Dir(f.File))
		}
	}
	for _, f := range files {
		if err := os.WriteFile(f.File, f.Content, 0o644); err != nil {
			return err
		}
		fmt.Fprintln(e.Out, f.File)
	}
	return nil
}
