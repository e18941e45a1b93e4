// A method of an interface's value, taken as a function, keeps its receiver: what is called inside of that has a caller.
package main

type handler interface{ serve(w writer) }

type writer interface{ write() }

type handlerFunc func(w writer)

func (f handlerFunc) serve(w writer) { f(w) }

type out struct{}

func (out) write() {}

type loud struct{}

func (loud) write() {}

// A middleware that takes the method.
func traced(h handler) handler { return tracedFunc(h.serve) }

func tracedFunc(h handlerFunc) handlerFunc {
	return func(w writer) { h(w) }
}

type server struct{ count int }

func (s *server) index(w writer) { w.write() }

// One in a field of a struct that embeds the interface: its method is the struct's.
type logged struct{ handler }

func (s *server) admin(w writer) { w.write() }

// One of the struct's that is promoted from there, as a function.
type outer struct{ logged }

func (s *server) status(w writer) { w.write() }

// A method expression takes its receiver as the first argument.
func (s *server) expressed(w writer) { w.write() }

func (s *server) direct(w writer) { w.write() }

// One that waits in a list, as a function.
type jobs []func(writer)

func (s *server) queued(w writer) { w.write() }

func (j *jobs) add(h handler) { *j = append(*j, h.serve) }

func (j jobs) all(w writer) {
	for _, job := range j {
		job(w)
	}
}

// A concrete function type's method.
func (s *server) plain(w writer) { w.write() }

// One of a generic wrapper.
type wrapped[T handler] struct{ inner T }

func (w wrapped[T]) method() func(writer) { return w.inner.serve }

func (s *server) generic(w writer) { w.write() }

func main() {
	s := &server{}
	traced(handlerFunc(s.index)).serve(out{})
	l := logged{handlerFunc(s.admin)}
	l.serve(out{})
	o := outer{logged{handlerFunc(s.status)}}
	status := o.serve
	status(loud{})
	expressed := handler.serve
	expressed(handlerFunc(s.expressed), out{})
	handler.serve(handlerFunc(s.direct), out{})
	var j jobs
	j.add(handlerFunc(s.queued))
	j.all(loud{})
	plain := handlerFunc(s.plain).serve
	plain(loud{})
	wrapped[handlerFunc]{s.generic}.method()(loud{})
}

/*
WANT:
(*main.server).admin interface (main.loud).write
(*main.server).admin interface (main.out).write
(*main.server).direct interface (main.loud).write
(*main.server).direct interface (main.out).write
(*main.server).expressed interface (main.loud).write
(*main.server).expressed interface (main.out).write
(*main.server).generic interface (main.loud).write
(*main.server).generic interface (main.out).write
(*main.server).index interface (main.loud).write
(*main.server).index interface (main.out).write
(*main.server).plain interface (main.loud).write
(*main.server).plain interface (main.out).write
(*main.server).queued interface (main.loud).write
(*main.server).queued interface (main.out).write
(*main.server).status interface (main.loud).write
(*main.server).status interface (main.out).write
(main.handlerFunc).serve value (*main.server).admin
(main.handlerFunc).serve value (*main.server).direct
(main.handlerFunc).serve value (*main.server).expressed
(main.handlerFunc).serve value (*main.server).generic
(main.handlerFunc).serve value (*main.server).index
(main.handlerFunc).serve value (*main.server).plain
(main.handlerFunc).serve value (*main.server).queued
(main.handlerFunc).serve value (*main.server).status
(main.handlerFunc).serve value main.tracedFunc$1
(main.jobs).all value (main.handlerFunc).serve
main.main interface (main.handlerFunc).serve
main.main static (*main.jobs).add
main.main static (main.jobs).all
main.main static (main.wrapped).method
main.main static main.traced
main.main value (main.handlerFunc).serve
main.traced static main.tracedFunc
main.tracedFunc$1 value (main.handlerFunc).serve
*/
