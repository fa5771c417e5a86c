// Command shots takes screenshots of the x-ray page.
//
//	go run ./shots            the two of the README, into docs/
//	go run ./shots -all DIR   every width in light and dark, to look at
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"rawserve/cmd/rawserve/internal/live/browser"
)

func main() {
	all := flag.String("all", "", "directory for screenshots of every width")
	flag.Parse()
	if err := run(*all); err != nil {
		log.Fatal(err)
	}
}

// run starts a server and a browser and takes the pictures.
func run(all string) error {
	dir, err := os.MkdirTemp("", "shots")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	command, err := browser.Build(dir)
	if err != nil {
		return err
	}
	server, err := browser.Start(command)
	if err != nil {
		return err
	}
	defer server.Stop()
	ctx, cancel := browser.Open(filepath.Join(dir, "profile"))
	defer cancel()
	if err := chromedp.Run(ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(server.Page), chromedp.WaitVisible("#featured button")); err != nil {
		return err
	}
	if all != "" {
		if err := first(ctx, all); err != nil {
			return err
		}
	}
	if err := scene(ctx); err != nil {
		return err
	}
	if all == "" {
		return both(ctx, "docs", "xray", 1440, 900)
	}
	for _, width := range []int64{1440, 1024, 768, 390, 320} {
		if err := both(ctx, all, fmt.Sprintf("%d", width), width, 900); err != nil {
			return err
		}
	}
	if err := more(ctx, all); err != nil {
		return err
	}
	return phone(ctx, all)
}

// first takes pictures of the page before anything was captured.
func first(ctx context.Context, dir string) error {
	if err := chromedp.Run(ctx, chromedp.Poll(`state.detail && document.querySelector("#grid .cell")`, nil)); err != nil {
		return err
	}
	if err := both(ctx, dir, "first", 1440, 900); err != nil {
		return err
	}
	if err := chromedp.Run(ctx, chromedp.EmulateViewport(390, 844), chromedp.Reload(), chromedp.Poll(`state.detail`, nil)); err != nil {
		return err
	}
	if err := shot(ctx, filepath.Join(dir, "first-390.png"), "light", 390, 844, false); err != nil {
		return err
	}
	return chromedp.Run(ctx, chromedp.EmulateViewport(1440, 900), chromedp.Reload(), chromedp.WaitVisible("#featured button"))
}

// phone takes pictures of the sheet, and of what is wide, on a narrow screen.
func phone(ctx context.Context, dir string) error {
	for _, width := range []int64{390, 1024} {
		name := fmt.Sprintf("sheet-%d", width)
		err := chromedp.Run(ctx, chromedp.EmulateViewport(width, 844), chromedp.Evaluate(`$("helper").close(); show([...state.conns.keys()].at(-1), 1, true)`, nil),
			chromedp.Sleep(500*time.Millisecond), chromedp.Evaluate(`[...document.querySelectorAll("#grid .cell")].at(-1).click()`, nil))
		if err != nil {
			return err
		}
		for _, scheme := range []string{"light", "dark"} {
			if err := shot(ctx, filepath.Join(dir, name+"-"+scheme+".png"), scheme, width, 844, false); err != nil {
				return err
			}
		}
	}
	if err := chromedp.Run(ctx, chromedp.Evaluate(`closeSheet(); openComparison()`, nil), chromedp.Sleep(400*time.Millisecond)); err != nil {
		return err
	}
	return shot(ctx, filepath.Join(dir, "compare-390.png"), "light", 390, 844, false)
}

// scene makes the page worth looking at.
func scene(ctx context.Context) error {
	for _, preset := range []string{"hello", "pipelining", "te-space", "expect", "smuggle-cl-te", "chunked"} {
		if err := try(ctx, preset); err != nil {
			return err
		}
	}
	return chromedp.Run(ctx, chromedp.Evaluate(`select("in:" + state.detail.in.parts.findIndex((p) => p.text === "chunked"), false)`, nil))
}

// try sends a preset and waits until its exchange is shown and over.
func try(ctx context.Context, preset string) error {
	const over = `!state.wanted && state.detail && state.detail.over && state.shown.c === state.detail.c && [...state.conns.values()].every((c) => c.state !== "active")`
	return chromedp.Run(ctx, chromedp.Evaluate(fmt.Sprintf(`document.querySelector('[data-preset="%s"]').click()`, preset), nil),
		chromedp.Sleep(900*time.Millisecond), chromedp.Poll(over, nil, chromedp.WithPollingTimeout(8*time.Second)))
}

// both takes a screenshot in light and one in dark.
func both(ctx context.Context, dir, name string, width, height int64) error {
	for _, scheme := range []string{"light", "dark"} {
		if err := shot(ctx, filepath.Join(dir, name+"-"+scheme+".png"), scheme, width, height, width < 1100); err != nil {
			return err
		}
	}
	return nil
}

// shot takes one screenshot.
func shot(ctx context.Context, path, scheme string, width, height int64, whole bool) error {
	var png []byte
	take := chromedp.CaptureScreenshot(&png)
	if whole {
		take = chromedp.FullScreenshot(&png, 100)
	}
	err := chromedp.Run(ctx,
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}),
		chromedp.EmulateViewport(width, height), chromedp.Sleep(200*time.Millisecond), take)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, png, 0o644)
}

// more takes pictures of what the first scene does not show.
func more(ctx context.Context, dir string) error {
	if err := try(ctx, "smuggle-cl-te"); err != nil {
		return err
	}
	if err := both(ctx, dir, "refused", 1440, 900); err != nil {
		return err
	}
	scenes := []struct{ name, script string }{
		{"opinions", `document.querySelector(".opinions")?.scrollIntoView()`},
		{"steps", `document.querySelector("input[value=each]").click(); $("steps").open = true; $("steps").scrollIntoView(); setTimeout(() => { $("at").value = 57; drawStep(); }, 300)`},
		{"table", `$("steps").open = false; $("table").open = true; $("table").scrollIntoView()`},
		{"both", `$("table").open = false; $("bytes").scrollTop = 0; setMode("both")`},
		{"nethttp", `setMode("text"); setView("go"); show(1, 1)`},
		{"framing", `setView("framing"); show([...state.conns.keys()].at(-2), 1)`},
		{"share", `setView("wire"); $("share").open = true`},
		{"compare", `$("share").open = false; openComparison(); $("other").selectedIndex = 3; compareWith()`},
		{"composer", `$("compare").close(); openComposer()`},
		{"help", `$("composer").close(); $("helper").showModal()`},
	}
	for _, s := range scenes {
		if err := chromedp.Run(ctx, chromedp.Evaluate(s.script, nil), chromedp.Sleep(400*time.Millisecond)); err != nil {
			return err
		}
		if err := both(ctx, dir, s.name, 1440, 900); err != nil {
			return err
		}
	}
	return nil
}
