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

/*
FLOW:
Address(Composite(main.main:25:27)) -> AddressOf(main.main:25:26)
Address(Composite(main.newManager:20:10)) -> AddressOf(main.newManager:20:9)
AddressOf(main.main:25:26) -> Argument(main.newManager:0)
AddressOf(main.newManager:20:9) -> Return(main.newManager:0)
CallValue(main.main:25:15) -> Receiver((*main.manager).sync)
CallValue(main.newManager:19:12) -> Param(main.newManager:service)
Composite(main.wrap:14:39) -> Return(main.wrap:0)
Field(main.instrumented:inner) -> FieldUse((main.instrumented).Do:12:30)
Field(main.manager:service) -> FieldUse((*main.manager).sync:23:28)
FieldUse((*main.manager).sync:23:28) -> Receiver(FieldUse((*main.manager).sync:23:28).Do)
FieldUse((main.instrumented).Do:12:30) -> Receiver(FieldUse((main.instrumented).Do:12:30).Do)
Param(main.newManager:service) -> Use(main.newManager:19:17)
Param(main.newManager:service) -> Use(main.newManager:19:2)
Param(main.newManager:service) -> Use(main.newManager:20:27)
Param(main.wrap:s) -> Use(main.wrap:14:59)
Recv((*main.manager).sync:m) -> Use((*main.manager).sync:23:28)
Recv((main.instrumented).Do:i) -> Use((main.instrumented).Do:12:30)
Return(main.newManager:0) -> CallValue(main.main:25:15)
Return(main.wrap:0) -> CallValue(main.newManager:19:12)
Use(main.newManager:19:17) -> Argument(main.wrap:0)
Use(main.newManager:20:27) -> Composite(main.newManager:20:10)
Use(main.newManager:20:27) -> Field(main.manager:service)
Use(main.wrap:14:59) -> Composite(main.wrap:14:39)
Use(main.wrap:14:59) -> Field(main.instrumented:inner)
*/
