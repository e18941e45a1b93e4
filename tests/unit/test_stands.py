"""A chain goes through generic code as one instance: what another instance alone holds is not called on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer import trace
from tracer.golang.lookup import lookup
from tracer.graph import CallGraph

MAIN = """package main

import "sync"

func redPaint()  {}
func bluePaint() {}

type red struct{}
type blue struct{}

func (red) paint()  { redPaint() }
func (blue) paint() { bluePaint() }

type painter interface{ paint() }

// A group: functions kept in a field of a generic struct, called by its methods.
type call[T any] struct {
	fn   func() T
	once sync.Once
}

func newCall[T any](fn func() T) *call[T] { return &call[T]{fn: fn} }

func (c *call[T]) run()  { c.fn() }
func (c *call[T]) wait() { c.once.Do(c.run) }

type group[T any] struct{ m map[string]*call[T] }

func (g *group[T]) do(key string, fn func() T) {
	c, ok := g.m[key]
	if !ok {
		c = newCall(fn)
		g.m[key] = c
	}
	go func() { c.wait() }()
}

// Embedded in another generic type.
type cached[T any] struct {
	group[T]
	hits int
}

func keptRed()  { new(group[red]).do("", func() red { redPaint(); return red{} }) }
func keptBlue() { new(group[blue]).do("", func() blue { bluePaint(); return blue{} }) }

func embeddedRed()  { new(cached[*red]).do("", func() *red { redPaint(); return nil }) }
func embeddedBlue() { new(cached[*blue]).do("", func() *blue { bluePaint(); return nil }) }

// A queue of what has a method, and one of values of interfaces.
type queue[T painter] struct{ items []T }

func (q *queue[T]) add(x T) { q.items = append(q.items, x) }
func (q *queue[T]) work() {
	for _, x := range q.items {
		x.paint()
	}
}

func queuedRed() {
	var q queue[red]
	q.add(red{})
	q.work()
}

func queuedBlue() {
	var q queue[blue]
	q.add(blue{})
	q.work()
}

func queuedAny(p painter) {
	var q queue[painter]
	q.add(p)
	q.work()
}

// Generic code called from generic code, with arguments made of its own.
func each[T any](list [][]T, f func([]T)) {
	for _, x := range list {
		f(x)
	}
}

type batches[T any] struct{ handle func([]T) }

func (b *batches[T]) flush()   { spread(b) }
func spread[E any](b *batches[E]) { each([][]E{nil}, b.handle) }

func batchedRed()  { (&batches[red]{handle: func([]red) { redPaint() }}).flush() }
func batchedBlue() { (&batches[blue]{handle: func([]blue) { bluePaint() }}).flush() }

// Handed on by itself, and to code of an argument that is made of its own.
func again[T any](n int, f func(T), x T) {
	if n > 0 {
		again(n-1, f, x)
		return
	}
	first(&lister[[]T]{list: func() []T { return []T{x} }, each: func(y []T) { f(y[0]) }})
}

type lister[L any] struct {
	list func() L
	each func(L)
}

func first[L any](l *lister[L]) { l.each(l.list()) }

func againRed()  { again(3, func(red) { redPaint() }, red{}) }
func againBlue() { again(3, func(blue) { bluePaint() }, blue{}) }

// By an interface that the generic type implements.
type worker interface{ run() }

func start(w worker) { w.run() }

func interfacedRed()  { start(newCall(func() *red { redPaint(); return nil })) }
func interfacedBlue() { start(newCall(func() *blue { bluePaint(); return nil })) }

// By an embedded field, in two types.
type base struct{}

func (base) run() { redPaint() }

type one struct{ base }
type two struct{ base }

func promotedOne() { start(one{}) }
func promotedTwo() { start(&two{}) }

// A generic function as a value, and a method expression.
func boxed[T any](c *call[T]) { c.run() }

func apply[T any](x T, f func(T)) { f(x) }

func valueRed()  { apply(newCall(func() []red { redPaint(); return nil }), boxed[[]red]) }
func valueBlue() { apply(newCall(func() []blue { bluePaint(); return nil }), (*call[[]blue]).run) }

func main() {
	keptRed()
	keptBlue()
	embeddedRed()
	embeddedBlue()
	queuedRed()
	queuedBlue()
	queuedAny(red{})
	batchedRed()
	batchedBlue()
	againRed()
	againBlue()
	interfacedRed()
	interfacedBlue()
	valueRed()
	valueBlue()
	promotedOne()
	promotedTwo()
}
"""

# No compiler takes it: each call is of an instance of its own, without end.
CYCLE = """package main

func paint() {}

func deep[T any](n int, f func(T) bool, x T) {
	if n > 0 && f(x) {
		deep(n-1, func(y []T) bool { return f(y[0]) }, []T{x})
	}
}

func idle() { deep(3, func(string) bool { return true }, "") }
func main() {
	idle()
	deep(3, func(int) bool { paint(); return true }, 0)
}
"""


def graph_of(folder: Path, source: str) -> CallGraph:
    repository(folder, {"go.mod": "module m\n\ngo 1.24\n", "main.go": source})
    return CallGraph([analysis(folder)])


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> CallGraph:
    return graph_of(tmp_path_factory.mktemp("stands"), MAIN)


def chain(graph: CallGraph, entry: str, target: str) -> list[str] | None:
    start, end = (graph.node(*lookup(graph.analyses, f"m.{name}")) for name in (entry, target))
    found = trace.between(graph, start, [[end]], lambda _name, _count: None)
    return [step.edge.callee.rsplit(".", 1)[-1] for step in found.chains[0]] if found.chains else None


TAKEN = {
    "kept": ["do", "do$1", "wait", "Do", "doSlow", "run", "kept$1", "Paint"],
    "embedded": ["do", "do$1", "wait", "Do", "doSlow", "run", "embedded$1", "Paint"],
    "queued": ["work", "paint", "Paint"],
    "batched": ["flush", "spread", "each", "batched$1", "Paint"],
    # Its own instance has a field for functions of this type, whoever gave it.
    "interfaced": ["start", "run", "embedded$1", "Paint"],
}


@pytest.mark.parametrize("way", [*TAKEN, "again", "value"])
@pytest.mark.parametrize(("colour", "other"), [("red", "blue"), ("blue", "red")])
def test_one_instance(graph: CallGraph, way: str, colour: str, other: str) -> None:
    found = chain(graph, way + colour.capitalize(), colour + "Paint")
    assert found is not None
    if way in TAKEN:
        assert [name.replace(colour, "").replace(colour.capitalize(), "") for name in found] == TAKEN[way]
    assert chain(graph, way + colour.capitalize(), other + "Paint") is None


def test_an_interface_stands_for_what_implements_it(graph: CallGraph) -> None:
    assert chain(graph, "queuedAny", "redPaint") == ["work", "paint", "redPaint"]


def test_a_generic_function_is_a_value_of_one_instance(graph: CallGraph) -> None:
    assert chain(graph, "valueRed", "redPaint") == ["apply", "boxed", "run", "valueRed$1", "redPaint"]
    assert chain(graph, "valueBlue", "bluePaint") == ["apply", "run", "valueBlue$1", "bluePaint"]


@pytest.mark.parametrize("entry", ["promotedOne", "promotedTwo"])
def test_a_method_of_several_types(graph: CallGraph, entry: str) -> None:
    assert chain(graph, entry, "redPaint") == ["start", "run", "redPaint"]


def test_instances_without_end(tmp_path: Path) -> None:
    assert chain(graph_of(tmp_path, CYCLE), "main", "paint") == ["deep", "main$1", "paint"]
