// Dispatch through an interface: only types whose values reach the call, from code that runs, are targets.
package main

type Runner interface{ Run() }

type used struct{}

func (used) Run() {}

type fake struct{}

func (*fake) Run() {}

type holder struct{ r Runner }

func newHolder(r Runner) *holder { return &holder{r: r} }

func (h *holder) start() { h.r.Run() }

func newFake() *holder { return newHolder(&fake{}) }

func unrelated() { newFakeNever() }

func newFakeNever() Runner { return &fake{} }

func main() {
	newHolder(used{}).start()
}

/*
WANT:
(*main.holder).start interface (main.used).Run
main.main static (*main.holder).start
main.main static main.newHolder
main.newFake static main.newHolder
main.unrelated static main.newFakeNever
*/
