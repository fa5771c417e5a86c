package main

import "time"

// routes measures the path parameter scenario with one further route and with a
// thousand: only this server's own builds. Some peers have no router, and
// those of the others are not compared here.
func (b *bench) routes(s scenario) error {
	var processes []*process
	for _, chosen := range b.chosen {
		if chosen.command[0] != "server" {
			continue
		}
		for _, n := range []string{"1", "1000"} {
			p, err := b.start(chosen, "-routes", n)
			if err != nil {
				return err
			}
			defer p.stop()
			p.server.name += "+" + n
			processes = append(processes, p)
		}
	}
	load := func(p *process, slice time.Duration) (figures, error) { return b.wrk(p, s, slice) }
	return b.rotate(s.name, processes, b.rounds, func(*process) (loader, func(), error) {
		return load, func() {}, nil
	})
}
