// What the library was given earlier fails, and the library hands that on: a reader behind a scanner, one behind a
// decompressor, a writer whose error a deferred function puts into a result. Or it was given the error itself.
package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
)

type coded interface {
	error
	Code()
}

type mine struct{}

func (mine) Error() string { return "mine" }
func (mine) Code()         {}

type source struct{}

func (source) Read(p []byte) (int, error) { return 0, mine{} }

type target struct{}

func (target) Write(p []byte) (int, error) { return 0, mine{} }

func scan() {
	err := bufio.NewScanner(source{}).Err()
	if c, ok := err.(coded); ok {
		println(c.Error())
	}
}

func unpack() {
	reader, _ := gzip.NewReader(source{})
	_, err := reader.Read(nil)
	if c, ok := err.(coded); ok {
		println(c.Error())
	}
}

func flush() {
	err := tabwriter.NewWriter(target{}, 0, 0, 0, 0, 0).Flush()
	if c, ok := err.(coded); ok {
		println(c.Error())
	}
}

func unwrap() {
	err := errors.Unwrap(fmt.Errorf("%w", mine{}))
	if c, ok := err.(coded); ok {
		println(c.Error())
	}
}

func pipe() {
	reader, writer := io.Pipe()
	writer.CloseWithError(mine{})
	_, err := reader.Read(nil)
	if c, ok := err.(coded); ok {
		println(c.Error())
	}
}

func main() {
	scan()
	unwrap()
	pipe()
	unpack()
	flush()
}

/*
WANT:
main.flush interface (main.mine).Error
main.flush static (*text/tabwriter.Writer).Flush
main.flush static text/tabwriter.NewWriter
main.main static main.flush
main.main static main.pipe
main.main static main.scan
main.main static main.unpack
main.main static main.unwrap
main.pipe interface (main.mine).Error
main.pipe static (*io.PipeReader).Read
main.pipe static (*io.PipeWriter).CloseWithError
main.pipe static io.Pipe
main.scan interface (main.mine).Error
main.scan static (*bufio.Scanner).Err
main.scan static bufio.NewScanner
main.unpack interface (main.mine).Error
main.unpack static (*compress/gzip.Reader).Read
main.unpack static compress/gzip.NewReader
main.unwrap interface (main.mine).Error
main.unwrap static errors.Unwrap
main.unwrap static fmt.Errorf
*/
