// A parameter that is overwritten by its own wrapper: what stands after the assignment sees the wrapper only.
package main

type Service interface{ Do() }

type real struct{}

func (*real) Do() {}

type instrumented struct{ inner Service }

func (i instrumented) Do() { i.inner.Do() }

func wrap(s Service) Service { return instrumented{inner: s} }

type manager struct{ service Service }

func newManager(service Service) *manager {
	service = wrap(service)
	return &manager{service: service}
}

func (m *manager) sync() { m.service.Do() }

func main() { newManager(&real{}).sync() }

/*
WANT:
(*main.manager).sync interface (main.instrumented).Do
(main.instrumented).Do interface (*main.real).Do
main.main static (*main.manager).sync
main.main static main.newManager
main.newManager static main.wrap
*/
