package main

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// drawn is a plot that was written.
type drawn struct{ file, title string }

// colours are told apart by colour-blind readers too, and on dark pages.
var colours = map[string]color.Color{
	ours:         color.RGBA{0xd5, 0x5e, 0x00, 0xff},
	"fasthttp":   color.RGBA{0x56, 0xb4, 0xe9, 0xff},
	"fasthttp-t": color.RGBA{0x00, 0x72, 0xb2, 0xff},
	"fasthttp-m": color.RGBA{0x99, 0xcc, 0xee, 0xff},
	"nethttp":    color.RGBA{0x7f, 0xc9, 0x9b, 0xff},
	"nethttp-t":  color.RGBA{0x00, 0x9e, 0x73, 0xff},
	"gnet":       color.RGBA{0xe6, 0x9f, 0x00, 0xff},
	"nginx":      color.RGBA{0xcc, 0x79, 0xa7, 0xff},
	"node":       color.RGBA{0xf0, 0xe4, 0x42, 0xff},
	"epoll":      color.RGBA{0xbb, 0xbb, 0xbb, 0xff},
	"ceiling":    color.RGBA{0x77, 0x77, 0x77, 0xff},
}

// draw writes the plots that the run has data for.
func (b *bench) draw(dir string) error {
	for _, p := range []struct {
		drawn
		make func(*plot.Plot) bool
	}{
		{drawn{"cpu.svg", "Server CPU time per request, in multiples of the net.Conn ceiling"}, b.cpuBars},
		{drawn{"memory.svg", "Resident memory per idle connection, after one request each"}, b.memoryBars},
		{drawn{"connections.svg", "Server CPU time per request by number of connections, in multiples of the net.Conn ceiling"}, b.scaleLines},
	} {
		canvas := plot.New()
		canvas.Title.Text = p.title
		style(canvas)
		if !p.make(canvas) {
			continue
		}
		if err := save(canvas, filepath.Join(dir, p.file)); err != nil {
			return err
		}
		b.plots = append(b.plots, p.drawn)
	}
	return nil
}

// style gives every plot the same look.
func style(p *plot.Plot) {
	p.BackgroundColor = color.White
	p.Title.Padding = vg.Points(10)
	p.Legend.Top = true
	p.Legend.Padding = vg.Points(3)
	p.Legend.XOffs = -vg.Points(6)
	for _, t := range []*text.Style{&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle,
		&p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle} {
		t.Font.Variant, t.Font.Size = "Sans", vg.Points(10)
	}
	p.Title.TextStyle.Font.Size = vg.Points(12)
}

// save writes a plot as SVG, with a margin.
func save(p *plot.Plot, path string) error {
	const width, height, margin = 26 * vg.Centimeter, 11 * vg.Centimeter, 10
	canvas := vgsvg.New(width, height)
	canvas.SetColor(color.White)
	canvas.Fill(vg.Rectangle{Max: vg.Point{X: width, Y: height}}.Path())
	p.Draw(draw.Crop(draw.New(canvas), margin, -2*margin, margin, -margin))
	var svg bytes.Buffer
	if _, err := canvas.WriteTo(&svg); err != nil {
		return err
	}
	// Arial has the same widths; a reader's machine has one of them.
	named := bytes.ReplaceAll(svg.Bytes(), []byte("font-family:Liberation Sans"),
		[]byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif"))
	return os.WriteFile(path, named, 0o644)
}

// tallest is where bars are cut: net/http pipelined would flatten all others.
const tallest = 4.0

// cpuBars draws a group of bars per scenario, one for each server.
func (b *bench) cpuBars(p *plot.Plot) bool {
	var names []string
	for _, name := range b.ran() {
		if _, ok := b.ratio(name, ours, "ceiling"); ok && isScenario(name) {
			names = append(names, name)
		}
	}
	var servers []string
	for _, s := range b.chosen {
		if s.name != "ceiling" && colours[s.name] != nil && len(s.only) == 0 {
			servers = append(servers, s.name)
		}
	}
	if len(names) == 0 {
		return false
	}
	width := vg.Points(500 / float64(len(names)*(len(servers)+1)))
	for i, server := range servers {
		offset := (vg.Length(i) - vg.Length(len(servers)-1)/2) * width
		b.cpuBarsOf(p, server, names, offset, width)
	}
	b.nameCutBars(p, servers, names)
	p.NominalX(names...)
	p.Y.Label.Text = "CPU per request / ceiling; taller bars are cut"
	p.Y.Min, p.Y.Max = 0, tallest+0.3
	p.X.Tick.Label.Font.Size = vg.Points(8)
	p.X.Max += float64(len(names)) / 4 // room for the legend
	line := plotter.NewFunction(func(float64) float64 { return 1 })
	line.Color, line.Dashes = colours["ceiling"], []vg.Length{vg.Points(3), vg.Points(3)}
	p.Add(line)
	p.Legend.Add("net.Conn ceiling", line)
	return true
}

// isScenario leaves out the levels of the scaling scenario.
func isScenario(name string) bool { return slices.Contains(scenarioNames(), name) }

// cpuBarsOf draws the bars of one server.
func (b *bench) cpuBarsOf(p *plot.Plot, server string, names []string, offset, width vg.Length) {
	heights := make(plotter.Values, len(names))
	for i, name := range names {
		r, _ := b.ratio(name, server, "ceiling") // none is no bar
		heights[i] = math.Min(r.median, tallest)
	}
	bars, err := plotter.NewBarChart(heights, width)
	if err != nil {
		return
	}
	bars.Color, bars.Offset, bars.LineStyle.Width = colours[server], offset, 0
	p.Add(bars)
	p.Legend.Add(server, bars)
}

// nameCutBars writes above each scenario how tall its cut bars are, from left to
// right: one text, since the bars are narrower than their figures.
func (b *bench) nameCutBars(p *plot.Plot, servers, names []string) {
	var cut plotter.XYLabels
	for i, name := range names {
		var heights []string
		for _, server := range servers {
			if r, _ := b.ratio(name, server, "ceiling"); r.median > tallest {
				heights = append(heights, fmt.Sprintf("%.0f", r.median))
			}
		}
		if len(heights) > 0 {
			cut.XYs = append(cut.XYs, plotter.XY{X: float64(i), Y: tallest})
			cut.Labels = append(cut.Labels, strings.Join(heights, ", "))
		}
	}
	labels, err := plotter.NewLabels(cut)
	if err != nil || len(cut.XYs) == 0 {
		return
	}
	for i := range labels.TextStyle {
		labels.TextStyle[i].Font.Variant, labels.TextStyle[i].Font.Size = "Sans", vg.Points(8)
		labels.TextStyle[i].XAlign = text.XCenter
	}
	labels.Offset.Y = vg.Points(2)
	p.Add(labels)
}

// memoryBars draws one bar per server.
func (b *bench) memoryBars(p *plot.Plot) bool {
	var heights plotter.Values
	var names []string
	for _, s := range b.chosen {
		if _, after := b.memoryOf(s.name); after > 0 {
			heights, names = append(heights, after/1024), append(names, s.name)
		}
	}
	if len(heights) == 0 {
		return false
	}
	for i, name := range names {
		one := make(plotter.Values, len(heights))
		one[i] = heights[i]
		bars, err := plotter.NewBarChart(one, vg.Points(34))
		if err != nil {
			return false
		}
		bars.LineStyle.Width = 0
		if bars.Color = colours[name]; bars.Color == nil {
			bars.Color = color.Black
		}
		p.Add(bars)
	}
	p.NominalX(names...)
	p.Y.Label.Text = "KiB per connection"
	p.Y.Min = 0
	return true
}

// scaleLines draws the cost of a request by connections.
func (b *bench) scaleLines(p *plot.Plot) bool {
	levels := b.levels()
	if len(levels) < 2 {
		return false
	}
	servers := b.measured(levels[0].name)
	for _, server := range servers {
		if colours[server] == nil {
			continue
		}
		var points plotter.XYs
		for _, l := range levels {
			r, _ := b.ratio(l.name, server, "ceiling")
			points = append(points, plotter.XY{X: float64(l.conns), Y: r.median})
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return false
		}
		line.Color, dots.Color, line.Width = colours[server], colours[server], vg.Points(2)
		p.Add(line, dots)
		p.Legend.Add(server, line)
	}
	p.X.Max *= 4 // room for the legend
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.X.Label.Text, p.Y.Label.Text = "connections", "CPU per request / ceiling"
	p.Y.Min = 0
	return slices.Contains(servers, "ceiling")
}
