// What an interface call returns comes from the types that reach its receiver, not from all that implement it.
package main

type Writer interface{ Write() }

type Store interface{ Open() Writer }

type fileWriter struct{}

func (fileWriter) Write() {}

type spaceWriter struct{ inner Writer }

func (s spaceWriter) Write() { s.inner.Write() }

type files struct{}

func (files) Open() Writer { return fileWriter{} }

type spaces struct{ store Store }

func (s *spaces) Open() Writer { return spaceWriter{inner: s.store.Open()} }

type promoted struct{ Store }

type differ struct{ store Store }

func (d *differ) write() { d.store.Open().Write() }

type reader struct{ store Store }

func (r *reader) write() {
	opened := r.store.Open()
	opened.Write()
}

func main() {
	(&differ{store: &spaces{store: files{}}}).write()
	(&reader{store: promoted{Store: files{}}}).write()
}

/*
WANT:
(*main.differ).write interface (*main.spaces).Open
(*main.differ).write interface (main.spaceWriter).Write
(*main.reader).write interface (main.fileWriter).Write
(*main.reader).write interface (main.files).Open
(*main.spaces).Open interface (main.files).Open
(main.spaceWriter).Write interface (main.fileWriter).Write
main.main static (*main.differ).write
main.main static (*main.reader).write
*/
