// The standard library: methods of its types, promoted locks, results with interface types.
package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
)

type store struct {
	sync.Mutex
	once sync.Once
}

var errGone = errors.New("gone")

func (s *store) get() (string, error) {
	s.Lock()
	defer s.Unlock()
	s.once.Do(func() {})
	return strings.NewReplacer("a", "b").Replace("a"), errGone
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_ = ctx
	info, _ := os.Stat("x")
	_ = info
	_, err := new(store).get()
	_ = err.Error()
}

/*
WANT:
(*main.store).get static (*strings.Replacer).Replace
(*main.store).get static (*sync.Mutex).Lock
(*main.store).get static (*sync.Mutex).Unlock
(*main.store).get static (*sync.Once).Do
(*main.store).get static strings.NewReplacer
main.init static errors.New
main.main interface (*errors.errorString).Error
main.main static (*main.store).get
main.main static context.Background
main.main static context.WithCancel
main.main static os.Stat
main.main value context.WithCancel$1
*/
