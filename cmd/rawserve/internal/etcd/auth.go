package etcd

import (
	"context"
	"encoding/json"
	"errors"
	"sync"

	"rawserve/httpwire/syntax"
)

// auth is the token of the user, once it has been asked for.
type auth struct {
	mu    sync.Mutex
	token string
}

// authenticated makes a call with the token of the user, if there is one. If etcd
// does not take the token any more, the call is made once more with a new one: a
// call that is refused for its token has done nothing.
func (c *Client) authenticated(ctx context.Context, e *endpoint, call func(token string) (int, error)) (sent int, err error) {
	if c.Config.User == "" {
		return call("")
	}
	token, err := c.token(ctx, e, "")
	if err != nil {
		return 0, err
	}
	sent, err = call(token)
	var refusal *Refusal
	if !errors.As(err, &refusal) || !refusal.wantsToken() {
		return sent, err
	}
	if token, err = c.token(ctx, e, token); err != nil {
		return sent, err
	}
	again, err := call(token)
	return sent + again, err
}

// token returns a token other than the one that etcd does not take.
func (c *Client) token(ctx context.Context, e *endpoint, refused string) (string, error) {
	c.auth.mu.Lock()
	defer c.auth.mu.Unlock()
	if c.auth.token != refused {
		return c.auth.token, nil
	}
	body, err := json.Marshal(struct {
		Name     string `json:"name"`
		Password string `json:"password"`
	}{c.Config.User, c.Config.Password})
	if err != nil {
		return "", err
	}
	var response struct {
		Token string `json:"token"`
	}
	_, err = e.call(ctx, "/v3/auth/authenticate", "", body, func(a *answer) error { return a.decode(&response) })
	switch {
	case err != nil:
		return "", err
	case response.Token == "" || syntax.CheckField("Authorization", response.Token) != nil:
		return "", errors.New("its token cannot be sent back")
	}
	c.auth.token = response.Token
	return response.Token, nil
}
