// Package websocket speaks RFC 6455 on a connection that httpwire has handed over.
//
//	var chat websocket.Endpoint
//	rt.Get("/ws", chat.Handler(func(c *websocket.Conn) {
//		for {
//			kind, message, err := c.Read(context.Background())
//			if err != nil {
//				return
//			}
//			c.Write(context.Background(), kind, message)
//		}
//	}))
//
// # Life of a connection
//
// The handshake is a GET that offers to upgrade (handshake.go). From then on both
// sides send frames. One goroutine reads; any number of goroutines write. Pings are
// answered and sent only while a goroutine is in Read. So a handler that expects no
// messages has to read as well, to notice the end. A connection on which nothing
// happens has a goroutine that waits, and no buffer.
//
// Nothing blocks for ever. A peer that is silent is pinged, and given up if nothing
// comes back; a message that has begun has to arrive at MinRate; what is written has
// to leave within WriteTimeout, 64 KiB at a time; Close ends within CloseTimeout. Only
// the time in which somebody waits for the peer counts against it.
//
// What a peer does wrong ends the connection with the code of the rule that it has
// broken, which is a [frame.Error] with its octet.
//
// # What is not there
//
// Extensions. permessage-deflate is declined, as a server may: it costs memory for
// every connection, and lets a few octets become many.
//
// # Reading the source
//
// Begin with package frame, then conn.go.
//
//	endpoint.go    what connections have in common; stopping them all
//	handshake.go   from HTTP to WebSocket
//	conn.go        Conn: who it is, and how it ends
//	read.go        messages that arrive, whole or as a stream
//	input.go       octets that arrive: waiting, deadlines, pings
//	idle_*.go      waiting without a buffer
//	write.go       messages that leave, whole or as a stream
//	close.go       the closing handshake
package websocket
