"""Absent is not none: what code that is not among the sources, or reflection, may do to a value leaves an answer open.

Each case is a program with a function ``asked``. What is said of its dynamic calls: the callees, ``…`` where there may be
others, and why.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import made
from support import analysis, repository

from tracer.codes import Gap, Message, Reason
from tracer.golang.program import Analysis
from tracer.golang.types import Func
from tracer.sentences import sentence

_HEAD = """package main

type pet interface{ speak() string }
type dog struct{}
func (dog) speak() string { return "dog" }
"""
_LIB = "example.invalid/lib"
_FROM_LIB = f"it may come from outside the sources: package {_LIB} is not among the sources"
_TYPES = "it may come from outside the sources, by values in main whose types are not known"
_IMPORT = f'\nimport "{_LIB}"\n'


def program(folder: Path, body: str, imports: str = "", *, whole: bool = False) -> Analysis:
    head, _, rest = _HEAD.partition("\n")
    repository(folder, {"go.mod": "module main\n\ngo 1.24\n", "main.go": f"{head}\n{imports}{rest}{body}"})
    return analysis(folder, whole=whole)


def said(found: Analysis, name: str = "main.asked") -> set[str]:
    """What is said of the dynamic calls of a function."""
    out: set[str] = set()
    (func,) = found.find(name)
    assert isinstance(func, Func)
    for site in found.sites(func):
        if site.kind not in ("interface", "value"):
            continue
        edges, failure = found.resolve(site)
        out |= {f"{e.callee}{'…' if e.bounded is not None else ''}" for e in edges}
        out |= {sentence(e.bounded) for e in edges if e.bounded is not None}
        if failure is not None:
            assert failure.reason is (
                Reason.NO_TARGET if not isinstance(failure.detail.code, Gap) else Reason.NONE_KNOWN
            )
            out.add("none" if failure.reason is Reason.NO_TARGET else sentence(failure.detail))
    return out


MISSING = {
    "what a call returns": ("func main() { asked(lib.New()) }\nfunc asked(p pet) { p.speak() }", {_FROM_LIB}),
    "one of its results": (
        "func main() { _, p := lib.New(); asked(p) }\nfunc asked(p pet) { p.speak() }",
        {_FROM_LIB},
    ),
    "beside what is known": (
        "func main() { asked(lib.New()); asked(dog{}) }\nfunc asked(p pet) { p.speak() }",
        {"(main.dog).speak…", _FROM_LIB},
    ),
    "a value of a type": (
        "func main() { asked(&lib.Cat{}) }\nfunc asked(p pet) { p.speak() }",
        {
            "*example.invalid/lib.Cat is made of what is not among the sources, so what it holds and does is not all known"
        },
    ),
    "a variable": ("func main() { asked(lib.Default) }\nfunc asked(p pet) { p.speak() }", {_TYPES}),
    "a variable of such a type": ("var d lib.Cat\nfunc main() { asked(d) }\nfunc asked(p pet) { p.speak() }", {_TYPES}),
    "a type that embeds one": (
        "type cat struct{ *lib.Base }\nfunc main() { asked(cat{}) }\nfunc asked(p pet) { p.speak() }",
        {"main.cat is made of what is not among the sources, so what it holds and does is not all known"},
    ),
    "an element": (
        "func main() { for _, p := range lib.All() { asked(p) } }\nfunc asked(p pet) { p.speak() }",
        {_FROM_LIB},
    ),
    "a function that is handed over": (
        "func main() { lib.Run(asked) }\nfunc asked(p pet) { p.speak() }",
        {"main.asked is handed to lib.Run, which may call it with anything"},
    ),
    "a function in a field": (
        "func main() { lib.Run(&lib.Command{Run: asked}) }\nfunc asked(p pet) { p.speak() }",
        {"main.asked is handed to a value of unknown type in main, which may call it with anything"},
    ),
    "a function in a list": (
        "func main() { lib.Run([]lib.Hook{asked}) }\nfunc asked(p pet) { p.speak() }",
        {"main.asked is handed to a value of unknown type in main, which may call it with anything"},
    ),
    "a function that is assigned": (
        "func main() { var c lib.Command; c.Run = asked }\nfunc asked(p pet) { p.speak() }",
        {"main.asked is handed to a value of unknown type in main, which may call it with anything"},
    ),
    "a function in a field's list": (
        "func main() { var c lib.Command; c.Hooks[0] = asked }\nfunc asked(p pet) { p.speak() }",
        {"main.asked is handed to a value of unknown type in main, which may call it with anything"},
    ),
    "a function that goes through others": (
        "func main() { use(asked) }\nfunc use(f func(pet)) { lib.Run(f) }\nfunc asked(p pet) { p.speak() }",
        {"main.asked is handed to lib.Run, which may call it with anything"},
    ),
    "a function for an interface that is filled from there": (
        (
            "type runner interface{ run(func(pet)) }\nfunc main() { var r runner = lib.New(); r.run(asked) }\n"
            "func asked(p pet) { p.speak() }"
        ),
        {"main.asked is handed to r.run, which may call it with anything"},
    ),
    "a function for a function": (
        "func main() { var r func(func(pet)) = lib.New(); r(asked) }\nfunc asked(p pet) { p.speak() }",
        {"main.asked is handed to r, which may call it with anything"},
    ),
    "what an unknown method returns": (
        "type maker interface{ make() pet }\nfunc main() { asked(lib.New()) }\nfunc asked(m maker) { m.make().speak() }",
        {_FROM_LIB},
    ),
    "what an unknown function returns": (
        "func main() { asked(lib.New()) }\nfunc asked(f func() pet) { f().speak() }",
        {_FROM_LIB},
    ),
    "a method of what is unknown, as a value": (
        "func main() { asked(lib.New()) }\nfunc asked(p pet) { f := p.speak; f() }",
        {_FROM_LIB},
    ),
    "what a pointer leads to": (
        "func main() { asked() }\nfunc asked() { var p pet; lib.Fill(&p); p.speak() }",
        {"what leads to it is handed to lib.Fill, which may store anything there"},
    ),
    "what a map holds": (
        'func main() { asked() }\nfunc asked() { m := map[string]pet{}; lib.Fill(m); m["a"].speak() }',
        {"what leads to it is handed to lib.Fill, which may store anything there"},
    ),
    "what a field's pointer leads to": (
        "type home struct{ p pet }\nfunc main() { h := home{}; lib.Fill(&h.p); asked(h) }\nfunc asked(h home) { h.p.speak() }",
        {"what leads to it is handed to lib.Fill, which may store anything there"},
    ),
    "a field that an unknown function may set": (
        (
            "type home struct{ P pet }\nfunc main() { var o func(*home) = lib.New(); h := &home{}; o(h); asked(h) }\n"
            "func asked(h *home) { h.P.speak() }"
        ),
        {"main.home is handed to o, which may set its fields"},
    ),
    "a method that an interface has there": (
        (
            "type server struct{}\nfunc (server) Serve(p pet) { asked(p) }\nfunc main() { lib.Register(server{}) }\n"
            "func asked(p pet) { p.speak() }"
        ),
        {f"{_LIB}, which is not among the sources, may call (main.server).Serve"},
    ),
    "a method that no interface has there": (
        (
            "type server struct{}\nfunc (server) serve(p pet) { asked(p) }\nfunc main() { lib.Register(server{}) }\n"
            "func asked(p pet) { p.speak() }"
        ),
        {"none"},
    ),
    "nothing of it comes here": (
        "func main() { lib.New(); asked(dog{}) }\nfunc asked(p pet) { p.speak() }",
        {"(main.dog).speak"},
    ),
}


@pytest.mark.parametrize("whole", [False, True], ids=["asked", "whole"])
@pytest.mark.parametrize("case", MISSING.values(), ids=MISSING.keys())
def test_a_package_is_missing(case: tuple[str, set[str]], whole: bool, tmp_path: Path) -> None:
    body, wanted = case
    assert said(program(tmp_path, body, _IMPORT, whole=whole)) == wanted


def test_a_missing_package_may_set_what_the_library_exports(tmp_path: Path) -> None:
    body = (
        "type form struct{}\nfunc (form) Read([]byte) (int, error) { return 0, nil }\n"
        "func main() { asked(&io.LimitedReader{R: form{}}); asked(lib.Reader()) }\n"
        "func asked(r *io.LimitedReader) { r.R.Read(nil) }"
    )
    wanted = "example.invalid/lib, which is not among the sources, may set io.LimitedReader.R"
    found = said(program(tmp_path, body, f'\nimport (\n\t"io"\n\n\t"{_LIB}"\n)\n'))
    assert {"(main.form).Read…", wanted} <= found


REFLECTED = {
    "a function that is called": (
        (
            "func main() { use(asked); keep(dog{}) }\nfunc use(f any) { reflect.ValueOf(f).Call(nil) }\nfunc keep(pet) {}\n"
            "func asked(p pet) { p.speak() }"
        ),
        {"(main.dog).speak…", "main.asked is handed to reflect.ValueOf, which may call it with anything"},
    ),
    "a method by its name": (
        (
            "type box struct{}\nfunc (box) Open(p pet) { asked(p) }\n"
            'func main() { reflect.ValueOf(box{}).MethodByName("Open").Call(nil); keep(dog{}) }\nfunc keep(pet) {}\n'
            "func asked(p pet) { p.speak() }"
        ),
        {
            "(main.dog).speak…",
            "(main.box).Open is handed to reflect.Value.MethodByName, which may call it with anything",
        },
    ),
    "a method by another one's name": (
        (
            "type box struct{}\nfunc (box) Open(p pet) { asked(p) }\n"
            'func main() { reflect.ValueOf(box{}).MethodByName("Shut").Call(nil) }\nfunc asked(p pet) { p.speak() }'
        ),
        {"none"},
    ),
    "all methods of what comes": (
        (
            "type box struct{}\nfunc (box) Open(p pet) { asked(p) }\ntype other struct{}\n"
            "func main() { each(box{}) }\nfunc each(x any) { v := reflect.ValueOf(x); for i := range v.NumMethod() { v.Method(i).Call(nil) } }\n"
            "func asked(p pet) { p.speak() }"
        ),
        {"(main.box).Open is handed to reflect.Value.Method, which may call it with anything"},
    ),
    "a field that is set": (
        (
            "type box struct{ P pet }\nfunc main() { b := &box{}; fill(b); asked(b) }\n"
            "func fill(x any) { reflect.ValueOf(x).Elem().Field(0).Set(reflect.ValueOf(x)) }\nfunc asked(b *box) { b.P.speak() }"
        ),
        {"main.box is handed to reflect.ValueOf, which may set its fields"},
    ),
    "a field that cannot be set": (
        (
            "type box struct{ p pet }\nfunc main() { b := &box{}; fill(b); asked(b) }\n"
            "func fill(x any) { reflect.ValueOf(x).Elem().Field(0).Set(reflect.ValueOf(x)) }\nfunc asked(b *box) { b.p.speak() }"
        ),
        {"none"},
    ),
    "a function of which the name is asked": (
        "func main() { use(asked); asked(dog{}) }\nfunc use(f any) { println(reflect.ValueOf(f).Pointer()) }\nfunc asked(p pet) { p.speak() }",
        {"(main.dog).speak"},
    ),
}


@pytest.mark.parametrize("case", REFLECTED.values(), ids=REFLECTED.keys())
def test_reflection(case: tuple[str, set[str]], tmp_path: Path) -> None:
    body, wanted = case
    assert said(program(tmp_path, body, '\nimport "reflect"\n')) == wanted


LINKED = {
    "a function without a body": (
        "func load() pet\nfunc main() { asked(load()) }\nfunc asked(p pet) { p.speak() }",
        {"main.load has no body in Go, so what it returns is not known"},
    ),
    "a function that is linked by name": (
        "func main() {}\n\n//go:linkname asked other.asked\nfunc asked(p pet) { p.speak() }",
        {"main.asked is linked by name or exported to C, so its callers are not all known"},
    ),
    "a function for C": (
        "func main() {}\n\n//export asked\nfunc asked(p pet) { p.speak() }",
        {"main.asked is linked by name or exported to C, so its callers are not all known"},
    ),
    "neither": ("func main() {}\n\n// asked //export asked2\nfunc asked(p pet) { p.speak() }", {"none"}),
}


@pytest.mark.parametrize("case", LINKED.values(), ids=LINKED.keys())
def test_the_linker(case: tuple[str, set[str]], tmp_path: Path) -> None:
    body, wanted = case
    assert said(program(tmp_path, body)) == wanted


def test_a_closed_reading_says_what_it_sets_aside(tmp_path: Path) -> None:
    found = program(tmp_path, "func main() { asked(lib.New()) }\nfunc asked(p pet) { p.speak() }", _IMPORT)
    found.assume_closed = True
    (func,) = found.find("main.asked")
    assert isinstance(func, Func)
    (site,) = found.sites(func)
    _, failure = found.resolve(site)
    assert failure is not None
    assert failure.reason is Reason.NO_TARGET
    assert failure.detail == Message(Gap.SET_ASIDE, failure.detail.arguments)
    assert not failure.is_open
    assert sentence(failure.detail) == f"{_FROM_LIB}; set aside, since the program is assumed to be closed"


def test_who_may_call_a_function(tmp_path: Path) -> None:
    found = program(
        tmp_path, "func main() { lib.Run(asked) }\nfunc asked(p pet) { p.speak() }\nfunc idle() {}", _IMPORT
    )
    (func,) = found.find("main.asked")
    (row,) = found.unknown_callers(func)
    assert (row.caller, row.reason, row.site.line) == ("main.main", Reason.HANDED_ON, 8)
    (func,) = found.find("main.idle")
    assert found.unknown_callers(func) == []


_SERVICE = """package main

import "example.invalid/lib"

type repo interface{ load() string }
type app struct{ repo repo }

func newApp(r repo) *app { return &app{r} }
func (a *app) run()      { println(a.repo.load()) }
func save()              {}
func main()              { lib.Provide(newApp); lib.Invoke(func(a *app) { a.run() }) }
"""
_INVESTIGATION = """title = "absent"

[repositories.app]
url = "https://example.invalid/app"
commit = "{app}"
programs = ["."]
"""


def test_every_command_tells_what_is_not_known(tmp_path: Path) -> None:
    world = made(tmp_path, {"app": {"go.mod": "module app\n\ngo 1.24\n", "main.go": _SERVICE}}, _INVESTIGATION)
    at = ("--repo", "app", "--program", ".")
    why = "app.newApp is handed to lib.Provide, which may call it with anything"
    none = f"no value that flows here is known ({why})"
    aside = f"{why}; set aside, since the program is assumed to be closed"
    assert none in world.run("callees", "app.run", *at).stdout
    assert none in world.run("explain", "main.go:9", *at).stdout
    assert f'"detail": "{why}"' in world.run("edges", *at).stdout
    assert none in world.run("follow", "app.run", *at, "--to", "save", expect=4).stdout
    assert why in world.run("callers", "newApp", *at, expect=4).stdout
    assert json.loads(world.run("callers", "newApp", *at, "--json", expect=4).stdout)["edges"][0]["detail"] == why
    assert (
        f"who calls it is not all known ({why})" in world.run("follow", "save", *at, "--to", "newApp", expect=4).stdout
    )
    closed = (*at, "--assume-closed")
    assert f"no value of this program flows here ({aside})" in world.run("callees", "app.run", *closed).stdout
    assert aside in world.run("follow", "app.run", *closed, "--to", "save", expect=1).stdout
    assert aside in world.run("callers", "newApp", *closed).stdout
    assert f'"detail": "{aside}"' in world.run("edges", *closed).stdout
    assert aside in world.run("explain", "main.go:9", *closed).stdout
