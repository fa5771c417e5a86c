package messages_test

import (
	"testing"

	"rawserve/cmd/rawserve/internal/messages"
	"rawserve/cmd/rawserve/internal/messages/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) messages.Store { return new(messages.Memory) })
}
