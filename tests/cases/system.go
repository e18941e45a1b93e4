// What the system gives by way of the standard library: signals that the runtime sends, errors of files, registered hashes.
package main

import (
	"crypto"
	_ "crypto/md5"
	"fmt"
	"os"
	"os/signal"
)

func show(v any) string {
	if s, ok := v.(fmt.Stringer); ok {
		return s.String()
	}
	return ""
}

func wait(c chan os.Signal) string {
	s := <-c
	return show(s)
}

func read() string {
	f, err := os.Open("x")
	if err != nil {
		return err.Error()
	}
	_, err = f.Read(nil)
	return err.Error()
}

func sum() []byte {
	h := crypto.MD5.New()
	return h.Sum(nil)
}

func main() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	println(wait(c), read(), sum())
}

/*
WANT:
main.main static main.read
main.main static main.sum
main.main static main.wait
main.main static os/signal.Notify
main.read interface (*errors.errorString).Error
main.read interface (*io/fs.PathError).Error
main.read static (*os.File).Read
main.read static os.Open
main.show interface (syscall.Signal).String
main.sum interface (*crypto/md5.digest).Sum
main.sum static (crypto.Hash).New
main.wait static main.show
*/
