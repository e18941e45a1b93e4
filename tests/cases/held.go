// What the library was given earlier fails, and the library hands that on: a reader behind a scanner, one behind a
// decompressor, a writer whose error a deferred function puts into a result.
package main

import (
	"bufio"
	"compress/gzip"
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

func main() {
	scan()
	unpack()
	flush()
}

/*
WANT:
main.flush interface (main.mine).Error
main.flush static (*text/tabwriter.Writer).Flush
main.flush static text/tabwriter.NewWriter
main.main static main.flush
main.main static main.scan
main.main static main.unpack
main.scan interface (main.mine).Error
main.scan static (*bufio.Scanner).Err
main.scan static bufio.NewScanner
main.unpack interface (main.mine).Error
main.unpack static (*compress/gzip.Reader).Read
main.unpack static compress/gzip.NewReader
*/
