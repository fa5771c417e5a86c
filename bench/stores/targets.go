package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite"

	"rawserve/cmd/rawserve/internal/messages/logstore"
)

// target is something that keeps messages.
type target struct {
	name   string
	create func(text string) error // may be called by many at the same time
	close  func() error
}

// targets opens everything that is compared, in a new folder.
func (s settings) targets() ([]target, error) {
	dir, err := os.MkdirTemp(s.dir, "stores")
	if err != nil {
		return nil, err
	}
	memory, err := os.MkdirTemp(s.memory, "stores")
	if err != nil {
		return nil, err
	}
	var all []target
	for _, open := range []func() (target, error){
		func() (target, error) { return openLog("log", filepath.Join(dir, "log"), false) },
		func() (target, error) {
			return openLog("log, one sync for each write", filepath.Join(dir, "alone"), true)
		},
		func() (target, error) {
			return openLog("log in memory, no sync", filepath.Join(memory, "log"), false)
		},
		func() (target, error) { return openSQLite(filepath.Join(dir, "sqlite")) },
	} {
		opened, err := open()
		if err != nil {
			return nil, err
		}
		all = append(all, opened)
	}
	for _, value := range s.urls {
		opened, err := openURL(value, slices.Max(s.clients))
		if err != nil {
			return nil, err
		}
		all = append(all, opened)
	}
	remove := all[0].close
	all[0].close = func() error { return errors.Join(remove(), os.RemoveAll(memory), os.RemoveAll(dir)) }
	return all, nil
}

// openLog opens the store of -data. If its callers have to wait for each other, no
// two of them share a sync.
func openLog(name, path string, alone bool) (target, error) {
	store, err := logstore.Open(path, logstore.Options{MaxMessages: -1, MaxOctets: -1})
	if err != nil {
		return target{}, err
	}
	create := func(text string) error {
		_, err := store.Create(context.Background(), text)
		return err
	}
	if !alone {
		return target{name, create, store.Close}, nil
	}
	var turn sync.Mutex
	return target{name, func(text string) error {
		turn.Lock()
		defer turn.Unlock()
		return create(text)
	}, store.Close}, nil
}

// openSQLite opens a database that writes ahead, and syncs each transaction. It has
// one connection, since it has one writer at a time: more of them only wait longer.
func openSQLite(path string) (target, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(10000)")
	if err != nil {
		return target{}, err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec("CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT NOT NULL, revision INTEGER NOT NULL)"); err != nil {
		return target{}, err
	}
	insert, err := db.Prepare("INSERT INTO messages (text, revision) VALUES (?, ?)")
	if err != nil {
		return target{}, err
	}
	return target{"SQLite, WAL, synchronous=FULL", func(text string) error {
		_, err := insert.Exec(text, time.Now().UnixMicro())
		return err
	}, db.Close}, nil
}

// openURL asks a rawserve that runs elsewhere: NAME=URL.
func openURL(value string, clients int) (target, error) {
	name, url, ok := strings.Cut(value, "=")
	if !ok || !strings.HasPrefix(url, "http://") {
		return target{}, fmt.Errorf("-url is %q; it takes NAME=URL, such as log=http://localhost:3000", value)
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	return target{name + ", over HTTP", func(text string) error {
		body, err := json.Marshal(map[string]string{"text": text})
		if err != nil {
			return err
		}
		answer, err := client.Post(url+"/messages", "application/json", strings.NewReader(string(body)))
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		octets, err := io.ReadAll(answer.Body)
		if err == nil && answer.StatusCode != 201 {
			err = fmt.Errorf("%s: %s", answer.Status, octets)
		}
		return err
	}, func() error { client.CloseIdleConnections(); return nil }}, nil
}
