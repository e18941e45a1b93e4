// Methods that are declared on an alias of their type, or of a pointer to it; aliases of one another, which Go rejects.
// does not compile
package main

type shower interface{ show() string }

type token = Token
type Token uint

func (token) show() string { return "token" }

type box struct{}
type boxed = *box

func (boxed) show() string { return "box" }

type here = there
type there = here

func (here) show() string { return "nowhere" }

func print(s shower) { s.show() }

func main() {
	print(Token(1))
	print(&box{})
	token(2).show()
}

/*
WANT:
main.main static (main.Token).show
main.main static main.print
main.print interface (*main.box).show
main.print interface (main.Token).show
*/
