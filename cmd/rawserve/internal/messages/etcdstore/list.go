package etcdstore

import (
	"context"
	"errors"

	"rawserve/cmd/rawserve/internal/etcd"
	"rawserve/cmd/rawserve/internal/messages"
)

// pageSize is how many messages are asked for at once: with texts of MaxText octets
// an answer of 1.4 MB, which even a busy etcd sends in the time of a call.
const pageSize = 64

// List returns at most limit messages with an ID above after, as they all are at one
// revision.
func (s *Store) List(ctx context.Context, after int64, limit int) ([]messages.Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for {
		list, err := s.list(ctx, after, limit)
		if !errors.Is(err, etcd.ErrCompacted) || ctx.Err() != nil {
			return list, err
		} // the revision was compacted between two pages: begin again at a newer one
	}
}

func (s *Store) list(ctx context.Context, after int64, limit int) ([]messages.Message, error) {
	var list []messages.Message
	revision := int64(0) // the present one
	for first, end := s.keys.after(after); first != nil && len(list) < limit; first, end = s.keys.after(after) {
		most := min(pageSize, limit-len(list))
		page, err := s.client.Range(ctx, etcd.RangeRequest{Key: first, RangeEnd: end, Limit: int64(most), Revision: revision})
		if err != nil {
			return nil, translate(err)
		}
		for i := range page.KeyValues {
			m, err := s.keys.parse(&page.KeyValues[i])
			if err != nil {
				return nil, err
			}
			list, after = append(list, m), m.ID
		}
		if len(page.KeyValues) < most {
			break
		}
		if revision == 0 {
			revision = page.Header.Revision
		}
	}
	return list, nil
}
