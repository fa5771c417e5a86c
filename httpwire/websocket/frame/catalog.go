package frame

// The header of a frame. RFC 6455, Section 5.2.
var (
	ReservedBits *Rule = rule("ReservedBits", ProtocolError, "5.2",
		"reserved bit set, though no extension was agreed on", "send 0 in RSV1, RSV2 and RSV3; do not compress")
	ReservedOpcode *Rule = rule("ReservedOpcode", ProtocolError, "5.2",
		"opcode that is reserved", "send 0 (continuation), 1 (text), 2 (binary), 8 (close), 9 (ping) or 10 (pong)")
	FragmentedControl *Rule = rule("FragmentedControl", ProtocolError, "5.5",
		"control frame without FIN", "send close, ping and pong in one frame")
	UnexpectedContinuation *Rule = rule("UnexpectedContinuation", ProtocolError, "5.4",
		"continuation without a message to continue", "begin a message with a text or binary frame")
	ExpectedContinuation *Rule = rule("ExpectedContinuation", ProtocolError, "5.4",
		"new message before the last one has ended", "send the next fragments with opcode 0, the last one with FIN")
	FrameAfterClose *Rule = rule("FrameAfterClose", ProtocolError, "5.5.1",
		"frame after a close frame", "send nothing after a close frame")
	Unmasked *Rule = rule("Unmasked", ProtocolError, "5.1",
		"frame of a client that is not masked", "mask every frame with a new random key")
	MaskedByServer *Rule = rule("MaskedByServer", ProtocolError, "5.1",
		"frame of a server that is masked", "send frames to clients without a masking key")
	LongControl *Rule = rule("LongControl", ProtocolError, "5.5",
		"control frame with more than 125 octets of payload", "shorten it, or send a message")
	LengthTooLarge *Rule = rule("LengthTooLarge", ProtocolError, "5.2",
		"payload length with its most significant bit set", "a length has 63 bits")
	NotMinimal *Rule = rule("NotMinimal", ProtocolError, "5.2",
		"payload length in more octets than it needs", "use 7 bits up to 125, 16 up to 65535, else 64")
	TooBig *Rule = rule("TooBig", MessageTooBig, "7.4.1",
		"message larger than is read here", "send it in several messages")
	TooManyFrames *Rule = rule("TooManyFrames", PolicyViolation, "10.4",
		"message in more frames than are read here", "send it in larger fragments")
)

// The payload of a frame.
var (
	BadText *Rule = rule("BadText", InvalidPayload, "8.1",
		"text that is not UTF-8", "send octets that are no text in a binary message")
	CutText *Rule = rule("CutText", InvalidPayload, "8.1",
		"text that ends in the middle of a character", "a character may be split between fragments, not between messages")
	CloseOfOneOctet *Rule = rule("CloseOfOneOctet", ProtocolError, "5.5.1",
		"close frame with one octet, which is half a code", "send a code of two octets, or no payload")
	BadCloseCode *Rule = rule("BadCloseCode", ProtocolError, "7.4",
		"code that a close frame must not carry", "send 1000, 1001, 1002, 1003, 1007 to 1014, or one from 3000 to 4999")
	BadCloseReason *Rule = rule("BadCloseReason", InvalidPayload, "5.5.1",
		"reason that is not UTF-8", "send text, or no reason")
)
