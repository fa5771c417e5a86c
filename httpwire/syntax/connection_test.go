package syntax

import "testing"

func TestConnectionOptions(t *testing.T) {
	tests := []struct {
		name       string
		version    string
		lines      string
		persistent bool
		upgrade    bool
	}{
		{"9112_9.3_1_1", "1.1", "", true, false},
		{"9112_9.3_1_1_close", "1.1", "Connection: close\r\n", false, false},
		{"9112_9.3_1_1_close_in_any_case", "1.1", "CONNECTION: Close\r\n", false, false},
		{"9112_9.3_1_2", "1.2", "", true, false},
		{"9112_9.3_1_0", "1.0", "", false, false},
		{"9112_9.3_1_0_keep_alive", "1.0", "Connection: Keep-Alive\r\n", true, false},
		{"9112_9.3_close_wins", "1.1", "Connection: keep-alive, close\r\n", false, false},
		{"9112_9.3_close_wins_in_1_0", "1.0", "Connection: close, keep-alive\r\n", false, false},
		{"9112_9.3_on_second_line", "1.1", "Connection: a\r\nB: c\r\nconnection: ,\tclose\r\n", false, false},
		{"9112_9.3_other_field_between", "1.1", "Connection: a\r\nX-Closes: close\r\nConnection: b\r\n", true, false},
		{"9112_9.3_longer_word", "1.1", "Connection: closed, xclose\r\n", true, false},
		{"9110_7.8_upgrade", "1.1", "Connection: Upgrade\r\nUpgrade: websocket\r\n", true, true},
		{"9110_7.8_upgrade_not_an_option", "1.1", "Upgrade: websocket\r\n", true, false},
		{"9110_7.8_upgrade_to_nothing", "1.1", "Connection: upgrade\r\n", true, false},
		{"9110_7.8_upgrade_in_1_0", "1.0", "Connection: upgrade\r\nUpgrade: websocket\r\n", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := decided(t, "GET / HTTP/"+tt.version+"\r\nHost: a\r\n"+tt.lines+"\r\n")
			if h.Persistent != tt.persistent || h.Upgrade != tt.upgrade {
				t.Errorf("persistent = %t, upgrade = %t; want %t, %t", h.Persistent, h.Upgrade, tt.persistent, tt.upgrade)
			}
		})
	}
}
