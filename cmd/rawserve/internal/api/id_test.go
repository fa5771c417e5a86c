package api

import (
	"errors"
	"testing"

	"rawserve/httpwire"
)

func TestMessageID(t *testing.T) {
	tests := []struct {
		in   string
		want int64 // -1 means 404
	}{
		{"1", 1},
		{"0", 0},
		{"9223372036854775807", 9223372036854775807},
		{"9223372036854775808", -1},
		{"99999999999999999999", -1},
		{"1abc", -1},
		{"01", -1},
		{"-1", -1},
		{"+1", -1},
		{" 1", -1},
		{"1_000", -1},
		{"0x1", -1},
		{"1.0", -1},
		{"١", -1}, // ARABIC-INDIC DIGIT ONE
		{"", -1},
	}
	for _, tt := range tests {
		r := &httpwire.Request{}
		r.SetParam("id", tt.in)
		got, err := messageID(r)
		if tt.want >= 0 {
			if err != nil || got != tt.want {
				t.Errorf("messageID of %q = %d, %v; want %d", tt.in, got, err, tt.want)
			}
			continue
		}
		var problem *httpwire.Problem
		if !errors.As(err, &problem) || problem.Status != 404 {
			t.Errorf("messageID of %q = %d, %v; want a 404", tt.in, got, err)
		}
	}
}
