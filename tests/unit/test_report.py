"""The report: hand-made traces over made-up repositories, rendered, compared with golden files and attacked."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracer.errors import ReportError, SourceError
from tracer.model import (
    Edge,
    EdgeKind,
    Evidence,
    Hop,
    Modifier,
    Pin,
    Position,
    RuledOut,
    Stop,
    Symbol,
    Trace,
)
from tracer.report import exports, views
from tracer.report.highlight import highlight
from tracer.report.links import permalink, shown_url
from tracer.report.render import MARKER, site, write_site
from tracer.report.text import clip, visible, wrap
from tracer.syntax.highlights import highlights

GOLDEN = Path(__file__).parents[1] / "golden" / "report"

SHOP = """package shop

import "context"

// Cashier takes payments.
type Cashier interface {
	Pay(ctx context.Context, pence int) error
}

type Shop struct {
	cashier Cashier
}

func (s *Shop) Sell(ctx context.Context, price int) error {
	if price <= 0 {
		return nil // a gift: "no charge" <b>
	}
	go s.cashier.Pay(
		ctx,
		price,
	)
	return nil
}
"""

CLIENT = """package bankpb

func (c *bankClient) Pay(ctx context.Context, in *Payment) error {
	return c.cc.Invoke(ctx, "/bank.v1.Bank/Pay", in, nil)
}
"""

BANK = """package bank

// DefaultCurrency is what is paid where nothing else is set.
const DefaultCurrency = "GBP"

func (b *Bank) Pay(ctx context.Context, in *Payment) error {
	return b.book(b.currency())
}

func (b *Bank) currency() string {
	if b.set != "" {
		return b.set
	}
	return DefaultCurrency
}
"""

FILES = {
    ("corner-shop", "shop/shop.go"): SHOP,
    ("corner-shop", "bankpb/bank pb.go"): CLIENT,
    ("bank", "bank/bank.go"): BANK,
}
PINS = (
    Pin("corner-shop", "https://github.com/example/corner-shop.git", "1" * 40),
    Pin("bank", "https://gitlab.com/example/group/bank", "2" * 40),
)


def read(repository: str, path: str) -> bytes:
    try:
        return FILES[repository, path].encode()
    except KeyError:
        raise SourceError(f"{path} is not in {repository}") from None


def at(repository: str, path: str, text: str, name: str = "") -> Position:
    """The position of ``name`` in the first line that holds ``text``."""
    for number, line in enumerate(FILES[repository, path].split("\n"), 1):
        if text in line:
            start = line.index(text)
            return Position(repository, path, number, line.index(name or text, start) + 1)
    raise AssertionError(text)


def make_trace() -> Trace:
    shop, client, bank = ("corner-shop", "shop/shop.go"), ("corner-shop", "bankpb/bank pb.go"), ("bank", "bank/bank.go")
    seller, server = "corner-shop:cmd/till", "bank:cmd/bankd"
    sell = Symbol("(*example.org/shop.Shop).Sell", "method", at(*shop, ") Sell", "Sell"), seller)
    stub = Symbol("(*example.org/bankpb.bankClient).Pay", "method", at(*client, ") Pay", "Pay"), seller)
    pay = Symbol("(*example.org/bank.Bank).Pay", "method", at(*bank, ") Pay", "Pay"), server)
    currency = Symbol("(*example.org/bank.Bank).currency", "method", at(*bank, ") currency", "currency"), server)
    default = Symbol("example.org/bank.DefaultCurrency", "const", at(*bank, "const Def", "Def"), server, value='"GBP"')
    ruled_out = (
        RuledOut("(*example.org/shop/fake.Cashier).Pay", "declared for tests", at(*shop, "type Shop")),
        RuledOut("(*example.org/shop.NoCashier).Pay", "the type never flows here"),
    )
    hops = (
        Hop(
            Edge(
                sell.name,
                stub.name,
                at(*shop, "go s.cashier.Pay", "Pay"),
                EdgeKind.INTERFACE,
                "flow",
                (Modifier.GO,),
                (Evidence("stored in the field Shop.cashier", at(*shop, "cashier Cashier")), Evidence("made by main")),
                ruled_out,
            ),
            sell,
            stub,
            "s.cashier.Pay( ctx, price, )",
        ),
        Hop(
            Edge(
                stub.name,
                pay.name,
                at(*client, "Invoke"),
                EdgeKind.RPC,
                "full method",
                evidence=(Evidence("the stub sends the full method /bank.v1.Bank/Pay", at(*client, '"/bank')),),
                wire="/bank.v1.Bank/Pay",
            ),
            stub,
            pay,
            'c.cc.Invoke(ctx, "/bank.v1.Bank/Pay", in, nil)',
        ),
        Hop(
            Edge(pay.name, currency.name, at(*bank, "b.currency()", "currency"), EdgeKind.CALL, "method"),
            pay,
            currency,
            "b.currency()",
        ),
        Hop(
            Edge(currency.name, default.name, at(*bank, "return Default", "Default"), EdgeKind.READ, "name"),
            currency,
            default,
            "return DefaultCurrency",
            (Evidence("overridden by an earlier result: return b.set", at(*bank, "return b.set")),),
        ),
    )
    stops = (Stop(pay, at(*bank, "b.book"), "b.book(…): the type of the called expression is not known"),)
    questions = (("In what currency?", "In pounds, unless the bank is set to another."),)
    return Trace("What does a sale cost?", sell, default, True, (hops,), stops, PINS, 17, questions)


TRACE = make_trace()


@pytest.fixture(autouse=True)
def _fixed_version(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (views, exports):
        monkeypatch.setattr(module, "tool_version", lambda: "1.2.3")


def html(trace: Trace = TRACE) -> str:
    return site([trace], read)["index.html"]


def plain(page: str) -> str:
    """The text of a page, without tags and with entities resolved."""

    class Text(HTMLParser):
        out = ""

        def handle_data(self, data: str) -> None:
            self.out += data

    parser = Text()
    parser.feed(page)
    return parser.out


# Golden files


@pytest.mark.parametrize("name", ["index.html", "index.json"])
def test_golden(name: str) -> None:
    made = site([TRACE], read)[name]
    golden = GOLDEN / name
    if os.environ.get("TRACER_UPDATE_GOLDEN") == "1":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_text(made, encoding="utf-8")
    assert made == golden.read_text(encoding="utf-8"), "look at the difference; TRACER_UPDATE_GOLDEN=1 refreshes"


def test_two_builds_are_the_same() -> None:
    assert site([TRACE], read) == site([make_trace()], read)


# What the page says


def test_answer() -> None:
    text = plain(html())
    assert 'Sell reaches the constant DefaultCurrency = "GBP" in 4 hops over 1 wire, through 2 programs.' in text
    assert "s.cashier is an interface. In corner-shop:cmd/till a value of type *bankpb.bankClient flows there." in text


def test_permalinks() -> None:
    page = html()
    github, gitlab = "https://github.com/example/corner-shop/blob/", "https://gitlab.com/example/group/bank/-/blob/"
    assert f'href="{github}{"1" * 40}/bankpb/bank%20pb.go#L4"' in page
    assert f'href="{gitlab}{"2" * 40}/bank/bank.go#L14"' in page
    assert set(re.findall(r'href="([a-z]+):', page)) == {"https"}


def test_internal_links_resolve_and_ids_are_unique() -> None:
    page = html(dataclasses.replace(TRACE, target=None, chains=TRACE.chains * 2))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert set(re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page)) <= set(ids)


def test_snippet_marks_the_call() -> None:
    card = views.page(TRACE, read).chains[0].cards[0]
    assert [line.number for line in card.snippet.lines if line.called] == [18, 19, 20, 21]
    assert [line.number for line in card.snippet.lines] == list(range(12, 25))[: len(card.snippet.lines)]
    marked = [span.text for line in card.snippet.lines for span in line.spans if span.marked]
    assert marked == ["Pay"]


def test_snippet_text_is_the_source() -> None:
    for card in views.page(TRACE, read).chains[0].cards:
        source = FILES[card.snippet.place.repository, card.snippet.place.text.rpartition(":")[0]].split("\n")
        for line in card.snippet.lines:
            assert "".join(span.text for span in line.spans) == source[line.number - 1]


def test_constant_shows_declaration_and_override() -> None:
    card = views.page(TRACE, read).chains[0].cards[-1]
    assert card.definition is not None
    assert any('"GBP"' in span.text for line in card.definition.lines for span in line.spans)
    assert "overridden by an earlier result: return b.set" in plain(html())


def test_ruled_out_is_grouped_by_reason() -> None:
    card = views.page(TRACE, read).chains[0].cards[0]
    assert [(c.reason, len(c.symbols)) for c in card.ruled_out] == [
        ("declared for tests", 1),
        ("the type never flows here", 1),
    ]


def test_source_that_cannot_be_had() -> None:
    def nothing(repository: str, path: str) -> bytes:
        raise SourceError("the clone is gone")

    assert "The source cannot be had: the clone is gone" in plain(site([TRACE], nothing)["index.html"])


@pytest.mark.parametrize("source", [b"", b"x", b"\0binary\n" * 40, b"\xff\xfe\n" * 40, b"a\r\nb\r\n" * 20])
def test_source_that_does_not_fit(source: bytes) -> None:
    assert "Hop by hop" in site([TRACE], lambda repository, path: source)["index.html"]


def test_not_found_says_where_it_stopped() -> None:
    page = html(dataclasses.replace(TRACE, found=False, chains=()))
    assert "was not shown. The search stopped at 1 place" in plain(page)
    assert "the type of the called expression is not known" in page


def test_chains_without_a_target() -> None:
    trace = dataclasses.replace(TRACE, target=None, chains=(TRACE.chains[0][:2], TRACE.chains[0]))
    page = html(trace)
    assert "Sell reaches 1 remote method, by 2 chains." in plain(page)
    assert 'id="chain-2-hop-4"' in page


def test_many_lanes_are_stacked() -> None:
    hop = TRACE.chains[0][0]
    chain = tuple(
        dataclasses.replace(
            hop,
            source=dataclasses.replace(hop.source, program=f"r{i}:cmd"),
            target=dataclasses.replace(hop.target, program=f"r{i + 1}:cmd"),
        )
        for i in range(5)
    )
    made = views.page(dataclasses.replace(TRACE, chains=(chain,)), read).chains[0]
    assert made.wide is None
    assert made.narrow is not None
    assert len(made.narrow.panels) == 6


def test_no_machine_path_and_no_clock() -> None:
    pins = (
        Pin("corner-shop", "/home/someone/shop", "1" * 40),
        Pin("bank", "https://me:secret@github.com/a/b", "2" * 40),
    )
    page = "".join(site([dataclasses.replace(TRACE, pins=pins)], read).values())
    assert "/home/" not in page
    assert "secret" not in page
    assert not re.search(r"\b20\d\d-\d\d-\d\d", page)


def test_nothing_is_loaded() -> None:
    page = html()
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|img|iframe|object|embed|form|base)\b|\bsrc=|\bon\w+=|url\(|@import", page)


# Files


def test_site_of_several_traces(tmp_path: Path) -> None:
    first = write_site([TRACE, TRACE], read, tmp_path / "a" / "out")
    names = sorted(p.name for p in first.parent.iterdir())
    base = "trace-what-does-a-sale-cost"
    assert names == sorted([MARKER, "index.html", *(f"{base}{n}.{e}" for n in ("", "-2") for e in ("html", "json"))])
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["out"]


def test_an_earlier_report_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_site([TRACE, TRACE], read, out)
    write_site([TRACE], read, out)
    assert sorted(p.name for p in out.iterdir()) == [MARKER, "index.html", "index.json"]


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ReportError, match="not an earlier report"):
        write_site([TRACE], read, tmp_path)
    out = tmp_path / "out"
    write_site([TRACE], read, out)
    (out / "notes.txt").write_text("mine")
    with pytest.raises(ReportError, match="no report wrote"):
        write_site([TRACE], read, out)
    assert (out / "notes.txt").read_text() == "mine"
    with pytest.raises(ReportError, match="not a folder"):
        write_site([TRACE], read, tmp_path / "thesis.txt")


def test_a_failure_leaves_the_earlier_report(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_site([TRACE], read, out)
    before = (out / "index.html").read_bytes()

    def broken(repository: str, path: str) -> bytes:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_site([TRACE], broken, out)
    assert (out / "index.html").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


# Links and text


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://github.com/o/r", "https://github.com/o/r/blob/C/p/a%20b.go#L3"),
        ("https://github.com/o/r.git", "https://github.com/o/r/blob/C/p/a%20b.go#L3"),
        ("git@github.com:o/r.git", "https://github.com/o/r/blob/C/p/a%20b.go#L3"),
        ("ssh://git@github.com/o/r.git", "https://github.com/o/r/blob/C/p/a%20b.go#L3"),
        ("https://gitlab.com/g/s/r.git", "https://gitlab.com/g/s/r/-/blob/C/p/a%20b.go#L3"),
        ("https://example.org/o/r", None),
        ("https://github.com.evil.org/o/r", None),
        ("https://github.com/o/r/../../x", None),
        ('https://github.com/o/r"onclick=x', None),
        ("javascript://github.com/o/r", None),
        ("/srv/git/r", None),
        ("file:///srv/git/r", None),
    ],
)
def test_permalink(url: str, link: str | None) -> None:
    commit = "abc1234" * 5
    assert permalink(Pin("r", url, commit), "p/a b.go", 3) == (link and link.replace("C", commit, 1))


def test_shown_url() -> None:
    assert shown_url("https://user:word@example.org/a.git") == "https://example.org/a"
    assert shown_url("file:///home/me/a") == ""


def test_visible() -> None:
    assert visible("a\nb") == "a<U+000A>b"
    assert visible("a\u202eb\x1b[0m\x9b\u200f\tc\n", newlines=True) == "a<U+202E>b<U+001B>[0m<U+009B><U+200F>\tc\n"
    assert visible("naïve 容器") == "naïve 容器"


@given(st.text(), st.integers(3, 40))
def test_clip_and_wrap(text: str, width: int) -> None:
    assert len(clip(text, width)) <= width
    assert all(len(line) <= width for line in wrap(text, width))


# Colours


def test_highlight() -> None:
    lines = highlight(b'package p\r\n\r\nvar x = "\xc3\xa9\\n" // c\n')
    assert ["".join(text for _, text in line) for line in lines] == ["package p", "", 'var x = "é\\n" // c']
    assert ("kw", "package") in lines[0]
    assert ("st", '"é\\n"') in lines[2]
    assert ("co", "// c") in lines[2]
    assert highlight(b"package p", path="a.txt") == [[(None, "package p")]]


def test_highlight_of_a_window_is_that_of_the_file() -> None:
    source = SHOP.encode()
    assert highlight(source, 14, 18) == highlight(source)[13:18]


@pytest.mark.parametrize(
    "hostile",
    [b"1+" * 90_000 + b"1\n}", b"(" * 200_000, b"f({" * 60_000, b"{[" * 60_000, b"x" * 1_000_000, b"\xff" * 99_999],
)
def test_hostile_source_does_not_stall(hostile: bytes) -> None:
    start = time.perf_counter()
    source = b"package p\nfunc f() {\n x := " + hostile
    highlights(source, 0, 400)
    highlights(source, 0, len(source))
    assert time.perf_counter() - start < 6


def test_big_files_are_cut_to_declarations() -> None:
    source = b"package p\n" + b"func f() { return nil }\n" * 200_000
    start = time.perf_counter()
    line = highlight(source, 100_000, 100_000)[0]
    assert ("kw", "return") in line
    assert time.perf_counter() - start < 3


def test_long_lines_are_cut_around_the_call() -> None:
    body = b"package p\nvar x = " + b"1+" * 50_000 + b"f() " + b"+1" * 50_000 + b"\n"
    name = body.index(b"f()") - body.index(b"var")
    edge = dataclasses.replace(TRACE.chains[0][2].edge, site=Position("bank", "bank/bank.go", 2, name + 1))
    hop = dataclasses.replace(TRACE.chains[0][2], edge=edge, code="f()")
    page = views.page(dataclasses.replace(TRACE, chains=((hop,),)), lambda r, p: body)
    line = page.chains[0].cards[0].snippet.lines[1]
    assert sum(len(span.text) for span in line.spans) < 500
    assert [span.text for span in line.spans if span.marked] == ["f"]


# JSON


def test_json_is_complete() -> None:
    made: dict[str, Any] = json.loads(exports.dumps(TRACE))
    assert [h["kind"] for h in made["hops"]] == ["interface", "rpc", "call", "read"]
    assert made["chains"] == [made["hops"]]
    assert made["hops"][0]["modifiers"] == ["go"]
    assert made["hops"][1]["wire"] == "/bank.v1.Bank/Pay"
    assert made["hops"][1]["call"]["permalink"].endswith("/bankpb/bank%20pb.go#L4")
    assert made["target"]["value"] == '"GBP"'
    documented = (Path(__file__).parents[2] / "docs" / "json.md").read_text(encoding="utf-8")
    for key in _keys(made):
        assert f"`{key}`" in documented, key


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {k for v in value.values() for k in _keys(v)}
    if isinstance(value, list):
        return {k for v in value for k in _keys(v)}
    return set()


# Untrusted text

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "</title></svg></style></pre><b>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "\u202e\u2066\x1b[31m\x00\x9f\u200f\ufeff\u2028\ud800",
    "<!-- --><![CDATA[ ]]>&lt;&#x3c;",
    "`code`",
)
hostile_text = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=6)), max_size=4).map("".join),
    st.text(st.characters(exclude_categories=()), max_size=30),
)


class Shape(HTMLParser):
    """The tags of a page with their attributes' names, and what is dangerous in them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, tuple[str, ...]]] = set()
        self.links: set[str] = set()
        self.comments = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add((tag, tuple(sorted(name for name, _ in attrs))))
        self.links |= {value or "" for name, value in attrs if name in ("href", "src", "xlink:href")}

    def handle_comment(self, data: str) -> None:
        self.comments += 1


def shape(page: str) -> Shape:
    parser = Shape()
    parser.feed(page)
    parser.close()
    return parser


def poison(value: Any, change: Callable[[str], str]) -> Any:
    """A copy of a model's value with every string field changed; enumerations stay."""
    if isinstance(value, (EdgeKind, Modifier)) or value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(poison(item, change) for item in value)
    fields = {f.name: poison(getattr(value, f.name), change) for f in dataclasses.fields(value)}
    if isinstance(value, Symbol):
        fields["name"] += "x"  # a symbol has a name
    return dataclasses.replace(value, **fields)


def allowed() -> set[tuple[str, tuple[str, ...]]]:
    """The tags with attributes that harmless traces, with and without links, sources and stops, give."""
    out: set[tuple[str, tuple[str, ...]]] = set()
    bare = dataclasses.replace(TRACE, pins=tuple(dataclasses.replace(p, url="") for p in PINS))
    many = dataclasses.replace(TRACE, target=None, chains=TRACE.chains * 2)
    for trace in (TRACE, bare, many, poison(TRACE, lambda s: s + "x")):
        for page in site([trace, trace], read).values():
            out |= shape(page).found
        out |= shape(html(trace)).found
    return out


def check_harmless(trace: Trace, source: bytes, expected: set[tuple[str, tuple[str, ...]]]) -> None:
    files = site([trace, trace], lambda repository, path: source)
    for name, text in files.items():
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text), name
        text.encode("utf-8")
        if name.endswith(".html"):
            seen = shape(text)
            assert seen.found <= expected, seen.found - expected
            assert not seen.comments
            assert all(re.fullmatch(r"https?://.*|#[\w-]+|[\w-]+\.(html|json)", link) for link in seen.links), (
                seen.links
            )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_hostile_text_stays_text(data: st.DataObject) -> None:
    drawn = data.draw(st.lists(hostile_text, min_size=8, max_size=8))
    count = iter(range(10**6))

    def change(text: str) -> str:
        number = next(count)
        return drawn[number % 8] if number % 3 else text + drawn[number % 8]

    source = "\n".join(data.draw(st.lists(hostile_text, max_size=20))).encode("utf-8", "surrogatepass")
    check_harmless(poison(TRACE, change), source, allowed())


@pytest.mark.parametrize("text", HOSTILE)
def test_each_hostile_text(text: str) -> None:
    source = f"package p\n// {text}\nvar x = {text}\n".encode("utf-8", "surrogatepass") * 8
    check_harmless(poison(TRACE, lambda s: text), source, allowed())
    check_harmless(poison(TRACE, lambda s: s + text), source, allowed())
    kept = dataclasses.replace(TRACE, title=text)
    if text.isprintable():
        assert " ".join(text.split()) in plain(html(kept))
