"""What the checker says of expressions: mode, type and value, in the scope in which they are used."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import analysis, repository

from tracer.golang import types as t
from tracer.golang.check.info import Info
from tracer.golang.check.operand import Mode, Operand
from tracer.golang.program import Analysis
from tracer.golang.types.constants import Value
from tracer.syntax import ast

MODULE = {"go.mod": "module m\n\ngo 1.24\n"}


def opened(folder: Path, text: str) -> Analysis:
    repository(folder, MODULE | {"main.go": "package main\n\n" + text})
    return analysis(folder)


def checked(program: Analysis, name: str = "main") -> Info:
    [func] = program.find(f"m.{name}")
    assert isinstance(func, t.Func)
    return program.checker.check_func(func)


def passed(info: Info) -> list[Operand]:
    """The operands of the arguments of ``use``."""
    return [info.operands[arg] for site in info.calls for arg in site.node.args]


def told(x: Operand) -> tuple[Mode, str, Value | None]:
    return x.mode, t.describe(x.type), x.value


PARTS = """type T struct {
	f int
	p *T
}

type P interface{ M() }

var g = 1

func two() (int, bool) { return 1, true }

func use(...any) {}

func main() {
	var x T
	var s []int
	var a [2]int
	var m map[string]int
	var c chan int
	var i any
	pa := &a
	use(%s)
	_, _, _, _, _, _, _, _ = x, s, a, m, c, i, pa, g
}
"""


@pytest.mark.parametrize(
    ("text", "mode", "typ"),
    [
        ("x", Mode.VARIABLE, "m.T"),
        ("g", Mode.VARIABLE, "int"),
        ("x.f", Mode.VARIABLE, "int"),
        ("T{}.f", Mode.VALUE, "int"),
        ("T{}.p.f", Mode.VARIABLE, "int"),
        ("s[0]", Mode.VARIABLE, "int"),
        ("a[0]", Mode.VARIABLE, "int"),
        ("pa[0]", Mode.VARIABLE, "int"),
        ("[2]int{}[0]", Mode.VALUE, "int"),
        ('m["k"]', Mode.MAP_INDEX, "int"),
        ("<-c", Mode.COMMA_OK, "int"),
        ("i.(P)", Mode.COMMA_OK, "m.P"),
        ("*pa", Mode.VARIABLE, "[2]int"),
        ("&x", Mode.VALUE, "*m.T"),
        ("nil", Mode.NIL, "untyped nil"),
        ("use", Mode.VALUE, "func(...any)"),
        ("P.M", Mode.VALUE, "func(m.P)"),
        ("s[1:]", Mode.VALUE, "[]int"),
        ("-g", Mode.VALUE, "int"),
        ("g == 1", Mode.VALUE, "bool"),
        ("len(s)", Mode.VALUE, "int"),
        ("append(s, 1)", Mode.VALUE, "[]int"),
        ("missing", Mode.INVALID, "invalid type"),
        ("missing[0]", Mode.INVALID, "invalid type"),
    ],
)
def test_modes(tmp_path: Path, text: str, mode: Mode, typ: str) -> None:
    [x] = passed(checked(opened(tmp_path, PARTS % text)))
    described = t.describe(x.type).replace("interface{}", "any").replace("[]any", "...any")
    assert (x.mode, described, x.value) == (mode, typ, None)


def test_what_gives_no_value(tmp_path: Path) -> None:
    info = checked(
        opened(tmp_path, "func none() {}\n\nfunc main() {\n\tnone()\n\tprint(1)\n\tvar c chan int\n\tclose(c)\n}\n")
    )
    calls = [x for e, x in info.operands.items() if isinstance(e, ast.Call)]
    assert [x.mode for x in calls] == [Mode.NO_VALUE] * 3


@pytest.mark.parametrize(
    ("text", "typ", "value"),
    [
        ("1 << 3", "int", 8),
        ("1.0 << 3", "int", 8),
        ("uint8(255) + 1", "uint8", None),
        ("^uint8(1)", "uint8", 254),
        ("-7 / 2", "int", -3),
        ('len("äb")', "int", 3),
        ("len([3]int{})", "int", 3),
        ("len([...]string{4: `x`})", "int", 5),
        ("len([2]int{g(), 1})", "int", None),
        ("len(sized())", "int", None),
        ('"a" + "b" < "ac"', "bool", True),
        ("string(rune(65))", "string", "A"),
        ("min(3, 2.5, 'a')", "float64", 2.5),
        ("unsafe.Sizeof(struct{ a byte; b int64 }{})", "uintptr", 16),
        ("unsafe.Offsetof(outer{}.b)", "uintptr", 16),
        ("local", "int", 7),
        ("1 / 0", "int", None),
    ],
)
def test_constants(tmp_path: Path, text: str, typ: str, value: object) -> None:
    text = (
        'import "unsafe"\n\nconst local = 5\n\ntype inner struct {\n\ta byte\n\tb int32\n}\n\n'
        "type outer struct {\n\tx int64\n\ty byte\n\tinner\n}\n\nvar _ unsafe.Pointer\n\nfunc g() int { return 1 }\n\n"
        f"func sized() [3]int {{ return [3]int{{}} }}\n\nfunc use(...any) {{}}\n\n"
        f"func main() {{\n\tconst local = local + 2\n\tuse({text})\n\t_ = local\n}}\n"
    )
    [x] = passed(checked(opened(tmp_path, text)))
    if value is not None:
        assert told(x)[0] is Mode.CONSTANT
        assert t.describe(x.type) == typ
    assert x.value == value


def test_iota_and_what_is_repeated(tmp_path: Path) -> None:
    text = "const (\n\ta, b = iota, iota * 10\n\tc, d\n\t_, _\n\te, f uint8 = iota, 1 << iota\n)\n\nfunc main() {}\n"
    program = opened(tmp_path, text)
    found = {
        name: program.checker.value_of(obj)
        for name in "abcdef"
        for obj in program.find(f"m.{name}")
        if isinstance(obj, t.Const)
    }
    assert {name: x and (t.describe(x.type), x.value) for name, x in found.items()} == {
        "a": ("untyped int", 0),
        "b": ("untyped int", 0),
        "c": ("untyped int", 1),
        "d": ("untyped int", 10),
        "e": ("uint8", 3),
        "f": ("uint8", 8),
    }


def test_declarations_that_depend_on_themselves(tmp_path: Path) -> None:
    text = "const a = b + 1\n\nconst b = a\n\nvar x = y\n\nvar y = x\n\ntype T [len(T{})]int\n\nfunc main() { _, _ = x, T{} }\n"
    program = opened(tmp_path, text)
    consts = [obj for name in "ab" for obj in program.find(f"m.{name}")]
    assert [program.constant(obj) for obj in consts] == [None, None]
    assert [program.symbol(obj).signature for obj in program.find("m.x")] == ["invalid type"]
    assert checked(program).operands


def test_a_local_name_is_not_the_packages(tmp_path: Path) -> None:
    text = (
        'const name = "package"\n\nfunc use(string) {}\n\n'
        'func main() {\n\tuse(name)\n\tconst name = "local"\n\tuse(name)\n\t{\n\t\tname := "variable"\n\t\tuse(name)\n\t}\n}\n'
    )
    info = checked(opened(tmp_path, text))
    assert [info.text(site.node.args[0]) for site in info.calls] == ["package", "local", None]


def test_the_length_of_an_array_is_not_that_of_its_literal(tmp_path: Path) -> None:
    text = 'import "example.org/missing"\n\nfunc use(...any) {}\n\nfunc main() { use([missing.N]int{1, 2}, [...]int{1, 2}) }\n'
    first, second = passed(checked(opened(tmp_path, text)))
    assert isinstance(first.type, t.Array)
    assert isinstance(second.type, t.Array)
    assert (first.type.length, second.type.length) == (None, 2)


def test_a_misspelt_attribute_fails(tmp_path: Path) -> None:
    checker = opened(tmp_path, "func main() {}\n").checker
    with pytest.raises(AttributeError):
        checker.lean = True  # pyright: ignore[reportAttributeAccessIssue]
