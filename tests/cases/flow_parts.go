// What units say of the flow: fields, parts of containers, closures, results and what is passed, as edges before they are solved.
package main

type doer interface{ do() }

type one struct{}

func (one) do() {}

type box struct {
	inner doer
	table map[string]func(doer)
}

func fill(b *box, x doer) *box {
	b.inner = x
	b.table["x"] = func(d doer) { d.do() }
	return b
}

func main() {
	b := fill(&box{table: map[string]func(doer){}}, one{})
	for _, f := range b.table {
		f(b.inner)
	}
	p := &b.inner
	(*p).do()
}

/*
WANT:
main.fill$1 interface (main.one).do
main.main interface (main.one).do
main.main static main.fill
main.main value main.fill$1
*/

/*
FLOW:
Address(Composite(main.main:22:13)) -> AddressOf(main.main:22:12)
Address(Field(main.box:inner)) -> AddressOf(main.main:26:7)
Address(FieldUse(main.main:26:8)) -> AddressOf(main.main:26:7)
AddressOf(main.main:22:12) -> Argument(main.fill:0)
AddressOf(main.main:26:7) -> Local(main.main:p)
CallValue(main.main:22:7) -> Local(main.main:b)
Closure(main.fill:17:17) -> Element(Field(main.box:table))
Composite(main.main:22:24) -> Composite(main.main:22:13)
Composite(main.main:22:24) -> Field(main.box:table)
Composite(main.main:22:50) -> Argument(main.fill:1)
Constant(main.fill:17:10) -> Key(Field(main.box:table))
Element(FieldUse(main.fill:17:2)) -> IndexOf(main.fill:17:2)
Element(FieldUse(main.main:23:20)) -> Local(main.main:f)
Field(main.box:inner) -> FieldUse(main.fill:16:2)
Field(main.box:inner) -> FieldUse(main.main:24:5)
Field(main.box:inner) -> FieldUse(main.main:26:8)
Field(main.box:table) -> FieldUse(main.fill:17:2)
Field(main.box:table) -> FieldUse(main.main:23:20)
FieldUse(main.main:24:5) -> Argument(Use(main.main:24:3):0)
Key(FieldUse(main.main:23:20)) -> Local(main.main:_)
Load(main.main:27:3) -> Receiver(Load(main.main:27:3).do)
Local(main.main:b) -> Use(main.main:23:20)
Local(main.main:b) -> Use(main.main:24:5)
Local(main.main:b) -> Use(main.main:26:8)
Local(main.main:f) -> Use(main.main:24:3)
Local(main.main:p) -> Use(main.main:27:4)
Param(main.fill$1:d) -> Use(main.fill:17:32)
Param(main.fill:b) -> Use(main.fill:16:2)
Param(main.fill:b) -> Use(main.fill:17:2)
Param(main.fill:b) -> Use(main.fill:18:9)
Param(main.fill:x) -> Use(main.fill:16:12)
Pointee(Use(main.main:27:4)) -> Load(main.main:27:3)
Return(main.fill:0) -> CallValue(main.main:22:7)
Use(main.fill:16:12) -> Field(main.box:inner)
Use(main.fill:17:32) -> Receiver(Use(main.fill:17:32).do)
Use(main.fill:18:9) -> Return(main.fill:0)
*/
