"""What a terminal shows: lines that fit, links, forks, and no escape sequence but our own."""

from __future__ import annotations

import dataclasses
import io
import re

import hostile
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console
from test_exports import BANK, SHOP, TRACE, read

from tracer import listing, terminal
from tracer.codes import Detail, Ending, Exclusion, Gap, Message, Note, Reason, Rule
from tracer.model import (
    Edge,
    EdgeKind,
    Evidence,
    Explanation,
    Hop,
    PackageSummary,
    Position,
    RuledOut,
    Symbol,
    Trace,
    Unresolved,
    WireEnd,
    WireRow,
)
from tracer.report.lines import no_source
from tracer.report.links import Links
from tracer.report.text import one_line
from tracer.report.views import page
from tracer.screen import Screen

OURS = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;(?:id=[0-9-]+)?;[^\x1b]*\x1b\\")
HIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\u2028\u2029]")
LINKS = Links({pin.repository: pin for pin in TRACE.pins})


def screen(width: int | None, *, links: bool = False) -> tuple[Screen, io.StringIO]:
    out = io.StringIO()
    console = Console(
        file=out, width=width or 80, force_terminal=width is not None, color_system="standard" if width else None
    )
    return Screen(console, width, links), out


def followed(trace: Trace = TRACE, width: int | None = None, context: int | None = None, *, links: bool = False) -> str:
    on, out = screen(width, links=links)
    terminal.follow(on, trace, page(trace, read if context is not None else no_source), context)
    return out.getvalue()


def plain(text: str) -> str:
    return OURS.sub("", text)


def squeezed(text: str) -> str:
    return "".join(text.split())


def check(text: str, width: int) -> list[str]:
    """The lines, none wider than the terminal and none with anything but text."""
    lines = plain(text).split("\n")
    for line in lines:
        assert not HIDDEN.search(line), repr(line)
        assert cell_len(line) <= width, line
    return lines


# Following a chain


def test_a_pipe_gets_a_line_for_each_thing() -> None:
    text = followed()
    assert text.split("\n") == [
        "What is paid?",
        'Sell reaches the constant Default = "GBP" in 2 hops over 1 wire, through 2 programs.',
        "── shop:cmd/till",
        "   (*shop.Shop).Sell  shop/shop.go:3",
        " 1 go rpc       (*bank.Bank).Pay  shop/shop.go:4  [full method]",
        "══ wire /bank.v1.Bank/Pay ══> bank:cmd/bankd",
        "   (*bank.Bank).Pay  bank/bank.go:6",
        ' 2 read      bank.Default = "GBP"  bank/bank.go:6  [name]',
        "      also read by bank.main: print(Default)  bank/bank.go:1",
        "",
    ]


@pytest.mark.parametrize("width", [30, 40, 80, 300])
def test_a_terminal_gets_lines_that_fit(width: int) -> None:
    text = followed(width=width, context=2)
    check(text, width)
    # The frame of the source may stand between two parts of a line.
    flat = re.sub(r"[\s│]", "", plain(text))
    for word in ("(*shop.Shop).Sell", "shop/shop.go:4", "[fullmethod]", "/bank.v1.Bank/Pay", "alsoreadbybank.main"):
        assert word in flat
    assert ">4/*éé*/s.cashier.Pay(1)" in flat


def test_wide_lines_are_not_broken() -> None:
    assert plain(followed(width=300)) == followed()


def test_lines_break_where_a_reader_would() -> None:
    long = dataclasses.replace(TRACE.entry, name="(*example.org/shop.VeryLongNameOfTheShop).SellSomethingToSomebody")
    hop = dataclasses.replace(TRACE.chains[0][0], source=long)
    trace = dataclasses.replace(TRACE, entry=long, chains=((hop, *TRACE.chains[0][1:]),))
    assert "   (*shop.VeryLongNameOfTheShop)\n   .SellSomethingToSomebody\n   shop/shop.go:3\n" in plain(
        followed(trace, width=36)
    )


def test_source_is_below_its_hop() -> None:
    lines = followed(context=1).split("\n")
    at = lines.index(" 1 go rpc       (*bank.Bank).Pay  shop/shop.go:4  [full method]")
    assert lines[at + 1 : at + 4] == [
        "        3 │ func (s *Shop) Sell() error {",
        "      > 4 │     /* éé */ s.cashier.Pay(1)",
        "        5 │     return nil",
    ]
    coloured = followed(width=80, context=0)
    assert re.search(r"\x1b\[1;4m\w+\x1b\[0m|\x1b\[4;1mPay|\x1b\[1;4mPay", coloured)


def test_source_that_cannot_be_had() -> None:
    on, out = screen(None)
    terminal.follow(on, TRACE, page(TRACE, no_source), 0)
    assert "shop/shop.go of shop was not read" in out.getvalue()


def test_links() -> None:
    linked = followed(width=80, links=True)
    targets = re.findall(r"\x1b\]8;id=[0-9-]+;([^\x1b]+)\x1b\\", linked)
    assert f"https://github.com/example/shop/blob/{'1' * 40}/shop/shop.go#L4" in targets
    assert all(target.startswith("https://") for target in targets)
    assert linked.count("\x1b]8;;\x1b\\") == len(targets)
    assert "\x1b]8" not in followed(width=80)
    assert "\x1b" not in followed()


def test_chains_that_part_are_a_tree() -> None:
    first, second = TRACE.chains[0]
    other = dataclasses.replace(second, target=dataclasses.replace(second.target, name="example.org/bank.Other"))
    third = dataclasses.replace(second, source=other.target)
    trace = dataclasses.replace(TRACE, targets=(), chains=((first, second), (first, other, third)), stops=())
    assert followed(trace).split("\n")[4:-1] == [
        " 1 go rpc       (*bank.Bank).Pay  shop/shop.go:4  [full method]",
        "══ wire /bank.v1.Bank/Pay ══> bank:cmd/bankd",
        "   (*bank.Bank).Pay  bank/bank.go:6",
        '├─  2 read      bank.Default = "GBP"  bank/bank.go:6  [name]',
        "│        also read by bank.main: print(Default)  bank/bank.go:1",
        '└─  2 read      bank.Other = "GBP"  bank/bank.go:6  [name]',
        "         also read by bank.main: print(Default)  bank/bank.go:1",
        '    3 read      bank.Default = "GBP"  bank/bank.go:6  [name]',
        "         also read by bank.main: print(Default)  bank/bank.go:1",
    ]


def test_forks_within_forks_fit() -> None:
    hop = TRACE.chains[0][0]

    def step(depth: int, turn: int) -> Hop:
        edge = dataclasses.replace(hop.edge, site=Position("shop", "shop/shop.go", 2 * depth + turn, 1), wire="")
        return dataclasses.replace(hop, edge=edge, target=hop.source)

    chains = [(*(step(d, 0) for d in range(1, depth)), step(depth, 1)) for depth in range(19, 0, -1)]
    trace = dataclasses.replace(TRACE, targets=(), chains=tuple(chains))
    check(followed(trace, width=40), 40)
    assert "│  │  │  " in plain(followed(trace, width=200))


def test_a_long_chain_does_not_overflow() -> None:
    hop = TRACE.chains[0][0]
    same = dataclasses.replace(hop, target=hop.source, edge=dataclasses.replace(hop.edge, wire=""))
    steps = [
        dataclasses.replace(same, edge=dataclasses.replace(same.edge, site=Position("shop", "shop/shop.go", n, 1)))
        for n in range(1, 3000)
    ]
    on, out = screen(80)
    trace = dataclasses.replace(TRACE, chains=(tuple(steps),))
    terminal.follow(on, trace, page(trace, no_source))
    assert "2999 go rpc" in plain(out.getvalue())


def test_not_found_says_where_it_stopped() -> None:
    text = followed(dataclasses.replace(TRACE, found=False, chains=()))
    assert "no chain to example.org/bank.Default was found. Where the search ended:" in text
    assert "  (*bank.Bank).Pay bank/bank.go:6  b.book(): no value of this program flows here (func())\n" in text


def test_a_bound_is_in_the_headline() -> None:
    (stop,) = TRACE.stops
    cut = dataclasses.replace(stop, reason=Ending.CUT_OFF, arguments=("3000",), toward=TRACE.targets[0].name)
    text = followed(dataclasses.replace(TRACE, found=False, chains=(), stops=(cut,)))
    assert "no chain to example.org/bank.Default was found, and the search was cut off at 3000 functions. Where" in text
    bound = (stop.arguments[0], Message(Reason.BOUND), Message(Gap.TOO_MANY_FUNCTIONS, ("40",)))
    some = dataclasses.replace(stop, arguments=bound, toward=TRACE.targets[0].name)
    text = followed(dataclasses.replace(TRACE, found=False, chains=(), stops=(some,)))
    assert "was found, and a search for values hit its bound. Where" in text
    assert "There may be more: a search for values hit its bound." in text


# Lists

_SITE = Position("shop", "shop/shop.go", 4, 24)
ROWS = (
    Edge("example.org/shop.Sell", "example.org/bank.Pay", _SITE, EdgeKind.INTERFACE, Rule.FLOW),
    Edge("example.org/shop.Sell", "errors.New", _SITE, EdgeKind.CALL, Rule.FUNCTION),
    Unresolved("example.org/shop.Sell", _SITE, "f(x)", Reason.NO_TARGET, Message(Detail.TYPE, ("func()",))),
)


def listed(width: int | None) -> str:
    on, out = screen(width)
    listing.edges(on, TRACE.entry, ROWS, LINKS, forward=True)
    return plain(out.getvalue())


def test_lists_are_columns_where_they_fit() -> None:
    assert listed(None).split("\n") == [
        "(*shop.Shop).Sell  shop/shop.go:3",
        "  interface  example.org/bank.Pay  shop/shop.go:4  [flow]",
        "  call       errors.New            shop/shop.go:4  [function]",
        "  unresolved f(x)                  shop/shop.go:4  no value of this program flows here (func())",
        "",
    ]
    assert listed(40).split("\n")[1:5] == [
        "  interface  example.org/bank.Pay",
        "             shop/shop.go:4  [flow]",
        "  call       errors.New",
        "             shop/shop.go:4  [function]",
    ]
    for width in (30, 40, 80, 200):
        check(listed(width), width)


def test_a_call_with_other_targets_is_told_once() -> None:
    why = Message(Gap.NO_BODY, ("shop.load",))
    on, out = screen(None)
    rows = [dataclasses.replace(ROWS[0], callee=name, bounded=why) for name in ("bank.A", "bank.B")]
    listing.edges(on, TRACE.entry, rows, LINKS, forward=True)
    text = plain(out.getvalue())
    told = "open       not all that may be called here is known: shop.load has no body in Go, so what it returns is not known"
    assert text.count(told) == 1


def test_symbols() -> None:
    on, out = screen(None)
    listing.symbols(on, [TRACE.entry, Symbol("errors.New", "func", None)], LINKS)
    assert out.getvalue() == (
        "method  (*example.org/shop.Shop).Sell  shop/shop.go:3\nfunc    errors.New                     std\n"
    )


def test_services() -> None:
    stub, handler = WireEnd("r:client", "a.client.M", None), WireEnd("r:server", "a._M_Handler", None)
    served = WireEnd("r:server", "a._M_Handler", None, "b.service.M")
    rows = [
        WireRow("/a.S/M", "gRPC", (stub,), (served,)),
        WireRow("/a.S/N", "gRPC", (stub,), (handler,)),
        WireRow("/a.S/M", "ttrpc", (), (handler,)),
    ]
    on, out = screen(None)
    listing.wire_services(on, rows)
    assert out.getvalue().split("\n") == [
        "service        protocol  methods  sent  handled  served",
        "a.S            gRPC            2     2        2       1",
        "a.S            ttrpc           1     0        1       0",
        "all 1 service  gRPC            2     2        2       1",
        "all 1 service  ttrpc           1     0        1       0",
        "",
    ]


def test_summary() -> None:
    rows = [
        PackageSummary("internal/server", 12, {"call": 10, "value": 1}, {Reason.NO_TARGET: 1}),
        PackageSummary("x", 3, {"call": 2}, {Reason.UNTYPED: 1}),
    ]
    on, out = screen(None)
    listing.summary(on, rows)
    assert out.getvalue().split("\n") == [
        "package          calls  call  value  unreached  undecided",
        "internal/server     12    10      1          1          0",
        "x                    3     2      0          0          1",
        "total               15    12      1          1          1",
        "1 of 15 calls (6.67%): no value of this program flows here",
        "1 of 15 calls (6.67%): the type of the called expression is not known",
        "",
    ]
    on, out = screen(40)
    listing.summary(on, rows)
    assert check(out.getvalue(), 40)[:4] == [
        "internal/server",
        "  12 calls: 10 call, 1 value, 1",
        "    unreached",
        "x",
    ]


def explained(text: str = "s.cashier") -> Explanation:
    ruled_out = (RuledOut(f"{text}.Pay", Exclusion.NOT_LINKED, (text, text), _SITE),)
    edge = dataclasses.replace(ROWS[0], evidence=(Evidence(Note.RETURNED, (text,), _SITE),), callee=text)
    parts = (Evidence(Note.TYPED, (text, text)),)
    failure = Unresolved(text, _SITE, text, Reason.BOUND, Message(Detail.TYPE, (text,)))
    bounded = Message(Gap.RETURNS, (text,))
    return Explanation(text, _SITE, text, "interface", parts, (edge,), ruled_out, failure, bounded)


@pytest.mark.parametrize("width", [30, 80])
def test_explanation(width: int) -> None:
    on, out = screen(width)
    listing.explanation(on, explained(), LINKS)
    lines = check(out.getvalue(), width)
    assert lines[0] == "s.cashier  shop/shop.go:4"
    assert "not all is known: the facts of s.cashier" in " ".join(line.strip() for line in lines)


# Hostile text


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(hostile.traces(), hostile.sources(), st.sampled_from((24, 40, 80, 200)))
def test_hostile_text_stays_text(trace: Trace, source: bytes, width: int) -> None:
    on, out = screen(width, links=True)
    terminal.follow(on, trace, page(trace, lambda repository, path: source), 2)
    rows = [h.edge for chain in trace.chains for h in chain]
    for forward in (True, False):
        listing.edges(on, trace.entry, rows, LINKS, forward=forward)
    listing.symbols(on, [h.target for chain in trace.chains for h in chain], LINKS)
    listing.explanation(on, explained(trace.title), LINKS)
    listing.summary(on, [PackageSummary(trace.title, 1, {"call": 1}, {})])
    text = out.getvalue()
    targets = re.findall(r"\x1b\]8;id=[0-9-]+;([^\x1b]+)\x1b\\", text)
    assert all(re.fullmatch(r"https://(github|gitlab)\.com/[\w.%/~-]+(#L\d+)?", target) for target in targets)
    # Narrower than a few words, the frame alone may be wider than the terminal.
    check(text, width if width >= 40 else width + 24)
    assert squeezed(one_line(trace.title)) in squeezed(plain(text))


@pytest.mark.parametrize("text", hostile.TEXTS)
def test_hostile_source_lines(text: str) -> None:
    source = f"package p\n\n\n\t{text}\n".encode("utf-8", "surrogatepass")
    hop: Hop = TRACE.chains[0][0]
    trace = dataclasses.replace(TRACE, chains=((hop,),))
    on, out = screen(80)
    terminal.follow(on, trace, page(trace, lambda repository, path: source), 3)
    check(out.getvalue(), 80)


def test_the_fixture_is_what_the_tests_say() -> None:
    assert SHOP.split(b"\n")[3].startswith(b"\t/*")
    assert b"const Default" in BANK
