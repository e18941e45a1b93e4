// What a finalizer is set for goes to the finalizer; nothing else is done with it.
package main

import "runtime"

type closer interface{ close() }

type file struct{ Inner closer }

func (f *file) closeAll() {
	if f.Inner != nil {
		f.Inner.close()
	}
}

type held struct{ Inner closer }

type door struct{}

func (door) close() {}

func main() {
	f := &file{}
	runtime.SetFinalizer(f, (*file).closeAll)
	h := &held{door{}}
	runtime.SetFinalizer(h, func(h *held) { h.Inner.close() })
}

/*
WANT:
(*main.file).closeAll unresolved no value of this program flows here
main.main static runtime.SetFinalizer
main.main$1 interface (main.door).close
*/
