package syntax

import "testing"

// expectCases are heads whose Expect matters.
var expectCases = []headCase{
	{name: "9110_10.1.1_continue", in: postHead("Expect: 100-continue\r\nContent-Length: 5\r\n")},
	{name: "9110_10.1.1_empty", in: postHead("Expect:\r\n")},
	{name: "9110_10.1.1_list", in: postHead("Expect: , 100-continue,100-continue\r\n")},
	{name: "9110_10.1.1_other", in: postHead("Expect: ¶golf\r\n"), want: UnknownExpectation},
	{name: "9110_10.1.1_one_of_two", in: postHead("Expect: 100-continue ,\t¶golf\r\n"), want: UnknownExpectation},
	{name: "9110_10.1.1_on_another_line", in: postHead("Expect: 100-continue\r\nA: b\r\nExpect: ¶x\r\n"), want: UnknownExpectation},
	{name: "9110_10.1.1_parameters", in: postHead("Expect: ¶100-continue;a=b\r\n"), want: UnknownExpectation},
	{name: "9110_10.1.1_in_1_0", in: "POST / HTTP/1.0\r\nExpect: golf\r\n\r\n"},
	{name: "9112_6.3_body_is_judged_before_expectations", in: postHead("Expect: x\r\nContent-Length: ¶x\r\n"), want: BadLength},
}

func TestExpect(t *testing.T) { testHeads(t, expectCases) }

func TestExpectation(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want bool
	}{
		{"9110_10.1.1_length", postHead("Expect: 100-continue\r\nContent-Length: 5\r\n"), true},
		{"9110_10.1.1_chunked", postHead("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n"), true},
		{"9110_10.1.1_on_second_line", postHead("Expect:\r\nExpect: 100-continue\r\nContent-Length: 5\r\n"), true},
		{"9110_10.1.1_no_body", postHead("Expect: 100-continue\r\n"), false},
		{"9110_10.1.1_empty_body", postHead("Expect: 100-continue\r\nContent-Length: 0\r\n"), false},
		{"9110_10.1.1_not_asked", postHead("Content-Length: 5\r\n"), false},
		{"9110_10.1.1_1_0", "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := decided(t, tt.in).Continue; got != tt.want {
				t.Errorf("Continue = %t, want %t", got, tt.want)
			}
		})
	}
}
