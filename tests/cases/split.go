// A selector and its dot stand on different lines; packages and variables have the same names.
package main

import (
	"fmt"
	"strings"
)

type Stringer interface{ String() string }

type A struct{}

func (A) String() string { return "a" }

type B struct{}

func (B) String() string { return "b" }

type builder struct {
	parts []Stringer
	fmt   format
}

type format struct{ last Stringer }

// Errorf has the name of a function of package fmt.
func (f format) Errorf(s Stringer) string {
	return s.String()
}

func (b *builder) Add(s Stringer) *builder {
	b.parts = append(b.parts, s)
	return b
}

func (b *builder) Say(s Stringer, words ...string) string {
	// That's the first word.
	first()
	return s.String() + strings.Join(words, " ")
}

func first() {}

func shadow(strings format) string {
	return strings.Errorf(A{})
}

func main() {
	b := &builder{}
	fmt.Println(b.
		Add(A{}).
		// Not the last one.
		Add(B{}).
		Say(
			B{}, "x", strings.Repeat("y,", 2),
		))
	for _, p := range b.parts {
		fmt.Println(p.String())
	}
	fmt.Println(b.fmt.
		Errorf(A{}))
	fmt.Println(shadow(format{}))
}

/*
WANT:
(*main.builder).Say interface (main.B).String
(*main.builder).Say static main.first
(*main.builder).Say static strings.Join
(main.format).Errorf interface (main.A).String
main.main interface (main.A).String
main.main interface (main.B).String
main.main static (*main.builder).Add
main.main static (*main.builder).Say
main.main static (main.format).Errorf
main.main static fmt.Println
main.main static main.shadow
main.main static strings.Repeat
main.shadow static (main.format).Errorf
*/
