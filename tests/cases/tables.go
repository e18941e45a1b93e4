// Tables whose struct type has no name: what stands in a row is found wherever the same type is written or left out.
package main

type solver interface{ solve() int }

type (
	s1 struct{}
	s2 struct{}
	s3 struct{}
	s4 struct{}
	s5 struct{}
	s6 struct{}
	s7 struct{}
	s8 struct{}
	s9 struct{}
)

func (s1) solve() int { return 1 }
func (s2) solve() int { return 2 }
func (s3) solve() int { return 3 }
func (s4) solve() int { return 4 }
func (s5) solve() int { return 5 }
func (s6) solve() int { return 6 }
func (s7) solve() int { return 7 }
func (s8) solve() int { return 8 }
func (s9) solve() int { return 9 }

func new1() solver { return s1{} }
func new2() solver { return s2{} }
func new3() solver { return s3{} }
func new4() solver { return s4{} }
func new5() solver { return s5{} }
func new6() solver { return s6{} }

// Keys are named, over several lines.
var keyed = []struct {
	name string
	make func() solver
}{
	{
		name: "a",
		make: new1,
	},
	{name: "b", make: func() solver { return s2{} }},
}

func fromKeyed() {
	for _, row := range keyed {
		row.make().solve()
	}
}

// Keys are left out, and so is the type of the rows.
var unkeyed = map[string]struct {
	label  string
	create func() solver
}{
	"a": {
		"a",
		new3,
	},
}

func fromUnkeyed() {
	unkeyed["a"].create().solve()
	if row, ok := unkeyed["b"]; ok {
		row.create()
	}
}

// Pointers to rows, of a package's variable that is filled elsewhere.
var pointers = []*struct {
	_     interface{}
	build func() solver
}{{nil, new4}}

func fill() {
	pointers = append(pointers, &struct {
		_     interface{}
		build func() solver
	}{build: new5})
}

func fromPointers() {
	fill()
	pointers[0].build().solve()
}

func local() {
	rows := [...]struct {
		run func(solver)
		on  solver
	}{
		{run: func(s solver) { s.solve() }, on: s6{}},
	}
	for i := range rows {
		rows[i].run(rows[i].on)
	}
}

// A table in a table.
var nested = map[string]struct {
	inner []struct{ act func() solver }
}{
	"a": {
		inner: []struct{ act func() solver }{
			{act: new6},
		},
	},
}

func fromNested() {
	for _, row := range nested["a"].inner {
		row.act().solve()
	}
}

// The same type, written twice, handed over by a third function, which names none of the fields.
var given = []struct{ do func(solver) }{{func(s solver) { s.solve() }}}

func take(rows []struct{ do func(solver) }) {
	rows[0].do(s7{})
}

func handOver() { take(given) }

// A declared list of rows that have no name.
type steps []struct {
	name string
	step func(solver)
}

var listed = steps{{"a", func(s solver) { s.solve() }}}

func fromListed() {
	for _, s := range listed {
		s.step(s8{})
	}
}

// A row of a declared type becomes one without a name.
type entry struct{ open func(solver) }

func made() entry { return entry{func(s solver) { s.solve() }} }

var assigned []struct{ open func(solver) }

func assign() { assigned = append(assigned, made()) }

func fromAssigned() {
	assign()
	assigned[0].open(s9{})
}

// An alias is no name of its own.
type alias = struct{ call func() solver }

func fromAlias() {
	var row struct{ call func() solver }
	row = alias{new1}
	row.call()
}

// One value without a type's name, set later.
var config struct {
	hooks struct{ before, after func() solver }
}

func configure() { config.hooks.before = new2 }

func fromConfig() {
	configure()
	config.hooks.before()
}

func main() {
	fromKeyed()
	fromUnkeyed()
	fromPointers()
	local()
	fromNested()
	handOver()
	fromListed()
	fromAssigned()
	fromAlias()
	fromConfig()
}

/*
WANT:
main.assign static main.made
main.fromAlias value main.new1
main.fromAssigned static main.assign
main.fromAssigned value main.made$1
main.fromConfig static main.configure
main.fromConfig value main.new2
main.fromKeyed interface (main.s1).solve
main.fromKeyed interface (main.s2).solve
main.fromKeyed value main.init$1
main.fromKeyed value main.new1
main.fromListed value main.init$9
main.fromNested interface (main.s6).solve
main.fromNested value main.new6
main.fromPointers interface (main.s4).solve
main.fromPointers interface (main.s5).solve
main.fromPointers static main.fill
main.fromPointers value main.new4
main.fromPointers value main.new5
main.fromUnkeyed interface (main.s3).solve
main.fromUnkeyed value main.new3
main.handOver static main.take
main.init$7 interface (main.s7).solve
main.init$9 interface (main.s8).solve
main.local value main.local$1
main.local$1 interface (main.s6).solve
main.made$1 interface (main.s9).solve
main.main static main.fromAlias
main.main static main.fromAssigned
main.main static main.fromConfig
main.main static main.fromKeyed
main.main static main.fromListed
main.main static main.fromNested
main.main static main.fromPointers
main.main static main.fromUnkeyed
main.main static main.handOver
main.main static main.local
main.take value main.init$7
*/
