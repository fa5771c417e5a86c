package main

import (
	"net"
	"strings"
	"testing"

	"rawserve/router"
)

// The banner says what to type on this machine, and who else can reach the server.
func TestAnnounce(t *testing.T) {
	const only, all = "for this machine only: -addr :PORT listens on all interfaces\n",
		"on all interfaces: whoever can reach this machine can reach it\n"
	for _, test := range []struct{ address, url, reach string }{
		{"127.0.0.1:0", "http://127.0.0.1:PORT", only},
		{"localhost:0", "http://localhost:PORT", only},
		{":0", "http://localhost:PORT", all},
		{"[::]:0", "http://localhost:PORT", all},
		{"0.0.0.0:0", "http://127.0.0.1:PORT", all},
	} {
		t.Run(test.address, func(t *testing.T) {
			listeners, err := listen(test.address, 0)
			if err != nil {
				t.Skipf("not here: %v", err)
			}
			defer closeAll(listeners)
			_, port, _ := net.SplitHostPort(listeners[0].Addr().String())
			var got strings.Builder
			announce(&got, listeners[0], test.address, router.New(), "")
			want := strings.ReplaceAll("listening on "+test.url+"\n"+test.reach, "PORT", port)
			if !strings.HasPrefix(got.String(), want) {
				t.Errorf("got\n%swant\n%s", got.String(), want)
			}
		})
	}
}

// So it does for the x-ray page, where more can be seen.
func TestAnnounceXray(t *testing.T) {
	for address, all := range map[string]bool{":0": true, "localhost:0": false} {
		listeners, err := listen(address, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		announceXray(&got, listeners[0], address)
		if strings.Contains(got.String(), "on all interfaces") != all {
			t.Errorf("%s: got %q", address, got.String())
		}
		closeAll(listeners)
	}
}
