"""A chain takes a call of what a function is given only where the chain gives it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer import trace
from tracer.golang.lookup import lookup
from tracer.graph import CallGraph

MAIN = """package main

import "sync"

type runner interface{ run() }

type red struct{}

func (red) run() { redPaint() }

type blue struct{}

func (blue) run() { bluePaint() }

func redPaint()  {}
func bluePaint() {}

// A value's method, through two functions.
func start(r runner) { begin(r) }
func begin(r runner) { r.run() }

func withRed()  { start(red{}) }
func withBlue() { start(blue{}) }

// One of several, and several at once.
func all(fs ...func()) {
	for _, f := range fs {
		f()
	}
}

func allRed()  { all(redPaint) }
func allBlue() { all(nothing, bluePaint) }
func nothing() {}

// In a literal that another function runs.
func guarded(f func()) {
	var once sync.Once
	once.Do(func() { f() })
}

func guardedRed()  { guarded(redPaint) }
func guardedBlue() { guarded(func() { bluePaint() }) }

// Wrapped by a function that gives back a literal, or what it was given.
func logged(f func()) func() { return func() { f() } }

func same(f func()) func() { return f }
func sameRed()             { call(same(redPaint)) }
func sameBlue()            { call(same(bluePaint)) }

func call(f func()) { f() }

func loggedRed()  { call(logged(logged(redPaint))) }
func loggedBlue() { call(logged(bluePaint)) }

// A method of a function type.
type hook func()

func (h hook) run() { h() }

func hookedRed()  { begin(hook(redPaint)) }
func hookedBlue() { begin(hook(bluePaint)) }

// A method value keeps its receiver.
func valueRed()  { call(red{}.run) }
func valueBlue() { call(blue{}.run) }

// Through its own result of several.
func pick(f, g func()) (func(), func()) { return g, f }

func pickRed() {
	_, f := pick(redPaint, nothing)
	call(f)
}

func pickBlue() {
	f, _ := pick(nothing, bluePaint)
	call(f)
}

// Handed on by itself.
func again(n int, f func()) {
	if n == 0 {
		f()
		return
	}
	again(n-1, func() { f() })
}

func againRed()  { again(3, redPaint) }
func againBlue() { again(3, bluePaint) }

// Kept in a field: who calls it may have it of anybody.
type box struct{ f func() }

func keep(b *box, f func()) { b.f = f }
func (b *box) open()        { b.f() }

func keepRed() {
	b := &box{}
	keep(b, redPaint)
	b.open()
}

func keepBlue() {
	b := &box{}
	keep(b, bluePaint)
	b.open()
}

func main() {
	withRed()
	withBlue()
	allRed()
	allBlue()
	guardedRed()
	guardedBlue()
	loggedRed()
	loggedBlue()
	sameRed()
	sameBlue()
	hookedRed()
	hookedBlue()
	valueRed()
	valueBlue()
	pickRed()
	pickBlue()
	againRed()
	againBlue()
	keepRed()
	keepBlue()
}
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    folder: Path = tmp_path_factory.mktemp("contexts")
    repository(folder, {"go.mod": "module m\n\ngo 1.24\n", "main.go": MAIN})
    return CallGraph([analysis(folder)])


def chain(graph: CallGraph, entry: str, target: str) -> list[str] | None:
    start, end = (graph.node(*lookup(graph.analyses, f"m.{name}")) for name in (entry, target))
    found = trace.between(graph, start, [[end]], lambda _name, _count: None)
    return [step.edge.callee.rsplit(".", 1)[-1] for step in found.chains[0]] if found.chains else None


TAKEN = {
    "with": ["start", "begin", "run", "Paint"],
    "all": ["all", "Paint"],
    "hooked": ["begin", "run", "Paint"],
    "value": ["call", "run", "Paint"],
    "pick": ["call", "Paint"],
    "same": ["call", "Paint"],
    "keep": ["open", "Paint"],
}


@pytest.mark.parametrize("way", [*TAKEN, "guarded", "logged", "again"])
@pytest.mark.parametrize(("colour", "other"), [("red", "blue"), ("blue", "red")])
def test_what_is_given(graph: CallGraph, way: str, colour: str, other: str) -> None:
    found = chain(graph, way + colour.capitalize(), colour + "Paint")
    assert found is not None
    if way in TAKEN:
        assert [name.replace(colour, "") for name in found] == TAKEN[way]
    crossed = chain(graph, way + colour.capitalize(), other + "Paint")
    # What is kept is anybody's; literals that were given to others of themselves are not minded.
    assert (crossed is not None) == (way in ("keep", "again", "logged")), crossed


def test_literals_on_the_way(graph: CallGraph) -> None:
    assert chain(graph, "guardedRed", "redPaint") == ["guarded", "Do", "doSlow", "guarded$1", "redPaint"]
    assert chain(graph, "guardedBlue", "bluePaint") == [
        "guarded",
        "Do",
        "doSlow",
        "guarded$1",
        "guardedBlue$1",
        "bluePaint",
    ]
    assert chain(graph, "loggedBlue", "bluePaint") == ["call", "logged$1", "bluePaint"]
    assert chain(graph, "loggedRed", "redPaint") == ["call", "logged$1", "logged$1", "redPaint"]


def test_a_function_asked_alone_calls_what_anybody_gives_it(graph: CallGraph) -> None:
    assert chain(graph, "begin", "redPaint") == ["run", "redPaint"]
    assert chain(graph, "call", "bluePaint") == ["bluePaint"]


NOTHING = """package main

type runner interface{ run() }

type red struct{}

func (red) run() { paint() }

func paint() {}

func maybe(f func(), r runner, more ...func()) {
	if f != nil {
		f()
	}
	if r != nil {
		r.run()
	}
	for _, one := range more {
		one()
	}
}

func nothing()    { maybe(nil, nil, nil) }
func noneAtAll()  { maybe(nil, nil) }
func function()   { maybe(paint, nil) }
func value()      { maybe(nil, red{}) }
func oneOfMore()  { maybe(nil, nil, nil, paint) }

func main() {
	nothing()
	noneAtAll()
	function()
	value()
	oneOfMore()
}
"""


def test_nil_is_nothing_that_is_handed_in(tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module m\n\ngo 1.24\n", "main.go": NOTHING})
    given = CallGraph([analysis(tmp_path)])
    assert chain(given, "nothing", "paint") is None
    assert chain(given, "noneAtAll", "paint") is None
    assert chain(given, "function", "paint") == chain(given, "oneOfMore", "paint") == ["maybe", "paint"]
    assert chain(given, "value", "paint") == ["maybe", "run", "paint"]


EMBEDDED = """package main

type stream interface{ recv() }

type plain struct{}

func (plain) recv() {}

// Has its own method, though it holds another that has one.
type counted struct{ stream }

func (*counted) recv() { count() }

type hook func()

func (h hook) recv() { h() }

// Have that of what they hold.
type wrapper struct{ stream }
type outer struct{ *wrapper }
type twice struct{ stream }

func count() {}

func handle(s stream) { s.recv() }

func direct()  { handle(&plain{}) }
func itself()  { handle(&counted{plain{}}) }
func wrapped() { handle(&wrapper{&counted{plain{}}}) }
func deep()    { handle(&outer{&wrapper{&counted{plain{}}}}) }
func nested()  { handle(twice{&wrapper{&counted{plain{}}}}) }
func hooked()  { handle(&wrapper{hook(count)}) }

func main() {
	direct()
	itself()
	wrapped()
	deep()
	nested()
	hooked()
}
"""


def test_a_method_of_what_a_value_embeds_is_called_where_that_value_is_given(tmp_path: Path) -> None:
    repository(tmp_path, {"go.mod": "module m\n\ngo 1.24\n", "main.go": EMBEDDED})
    embedded = CallGraph([analysis(tmp_path)])
    way = ["handle", "recv", "count"]
    assert chain(embedded, "direct", "count") is None
    for entry in ("itself", "wrapped", "deep", "nested", "hooked"):
        assert chain(embedded, entry, "count") == way, entry


POINTED = """package main

type doer interface{ do() }

type fn func()

func (f fn) do() { f() }

type holder struct{ d doer }

func (h *holder) run() { h.d.do() }

var held doer

func one()   {}
func two()   {}
func three() {}
func four()  {}

func set(p *doer) { *p = fn(four) }

func main() {
	var own doer
	p, q, h := &own, &held, &holder{}
	*p = fn(one)
	*q = fn(two)
	r := &h.d
	*r = fn(three)
	set(&h.d)
	own.do()
	held.do()
	h.run()
}
"""


@pytest.mark.parametrize("name", ["one", "two", "three", "four"])
def test_what_a_pointer_to_a_variable_or_field_is_given_is_called_there(tmp_path: Path, name: str) -> None:
    repository(tmp_path, {"go.mod": "module m\n\ngo 1.24\n", "main.go": POINTED})
    graph = CallGraph([analysis(tmp_path)])
    end = graph.node(*lookup(graph.analyses, f"m.{name}"))
    assert [step.source.name for step in graph.steps_into(end)] == ["(m.fn).do"]
