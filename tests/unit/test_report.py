"""The report: hand-made traces over made-up repositories, rendered, compared with golden files and attacked."""

from __future__ import annotations

import base64
import dataclasses
import functools
import itertools
import json
import os
import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from catalogs import messages
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracer.codes import Detail, Ending, Exclusion, Gap, Message, Note, Reason, Rule
from tracer.diff import compare
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
    Surroundings,
    Symbol,
    Trace,
    Unresolved,
    WireEnd,
    WireRow,
)
from tracer.report import exports, formats, render, sources, views, words
from tracer.report.changes import changes_page
from tracer.report.extra import Extra, Shown
from tracer.report.highlight import highlight
from tracer.report.links import Links, permalink, shown_url
from tracer.report.render import MARKER, Told, site, write_site
from tracer.report.snippets import Files
from tracer.report.table import Table
from tracer.report.text import clip, visible, wrap
from tracer.report.wires import wires_page
from tracer.report.words import named
from tracer.syntax.highlights import highlights

EMPTY = Table("", (), (), (), ())
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
SHOP_FILE = ("corner-shop", "shop/shop.go")
CLIENT_FILE = ("corner-shop", "bankpb/bank pb.go")
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
        RuledOut("(*example.org/shop/fake.Cashier).Pay", Exclusion.TEST_FILE, (), at(*shop, "type Shop")),
        RuledOut("(*example.org/shop.NoCashier).Pay", Exclusion.NEVER_FLOWS),
    )
    hops = (
        Hop(
            Edge(
                sell.name,
                stub.name,
                at(*shop, "go s.cashier.Pay", "Pay"),
                EdgeKind.INTERFACE,
                Rule.FLOW,
                (Modifier.GO,),
                (
                    Evidence(Note.STORED_IN_FIELD, ("Shop.cashier",), at(*shop, "cashier Cashier")),
                    Evidence(Note.RETURNED, ("main",)),
                ),
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
                Rule.FULL_METHOD,
                evidence=(Evidence(Note.SENDS, ("/bank.v1.Bank/Pay", "gRPC"), at(*client, '"/bank')),),
                wire="/bank.v1.Bank/Pay",
            ),
            stub,
            pay,
            'c.cc.Invoke(ctx, "/bank.v1.Bank/Pay", in, nil)',
        ),
        Hop(
            Edge(pay.name, currency.name, at(*bank, "b.currency()", "currency"), EdgeKind.CALL, Rule.METHOD),
            pay,
            currency,
            "b.currency()",
        ),
        Hop(
            Edge(currency.name, default.name, at(*bank, "return Default", "Default"), EdgeKind.READ, Rule.NAME),
            currency,
            default,
            "return DefaultCurrency",
            (Evidence(Note.EARLIER_RESULT, ("return b.set",), at(*bank, "return b.set")),),
        ),
    )
    undecided = ("b.book(…)", Message(Reason.UNTYPED), Message(Detail.OPERAND_UNTYPED, ("book",)))
    stops = (Stop(pay, at(*bank, "b.book"), Ending.UNDECIDED, undecided),)
    questions = (("In what currency?", "In pounds, unless the bank is set to another."),)
    return Trace("What does a sale cost?", sell, (default,), True, (hops,), stops, PINS, 17, questions)


TRACE = make_trace()


@pytest.fixture(autouse=True)
def _fixed_version(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (views, exports, render):
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
    assert "s.cashier is an interface. In corner-shop:cmd/till only *bankpb.bankClient ever gets there." in text
    assert "Shop.Sell calls, through an interface, bankClient.Pay" in text


def test_that_only_one_type_gets_there_is_said_where_all_is_known() -> None:
    hop = TRACE.chains[0][0]
    why = Message(Gap.HANDED, ("shop.New", "fx.Provide"))
    for bounded, said in (
        (why, "bankClient gets there; what else may is not all known"),
        (Message(Gap.SET_ASIDE, (why,)), "only *bankpb.bankClient ever gets there"),
    ):
        edge = dataclasses.replace(hop.edge, bounded=bounded)
        trace = dataclasses.replace(TRACE, chains=((dataclasses.replace(hop, edge=edge), *TRACE.chains[0][1:]),))
        assert said in plain(html(trace))


def test_the_last_place_of_a_value_is_in_the_sentence() -> None:
    hop = TRACE.chains[0][0]
    edge = dataclasses.replace(hop.edge, evidence=hop.edge.evidence[:1])
    trace = dataclasses.replace(TRACE, chains=((dataclasses.replace(hop, edge=edge), *TRACE.chains[0][1:]),))
    assert "only *bankpb.bankClient ever gets there: stored in the field Shop.cashier, at shop.go:11." in plain(
        html(trace)
    )
    other = (RuledOut("(*example.org/shop.Purse).Pay", Exclusion.ANOTHER_WAY),)
    edge = dataclasses.replace(edge, ruled_out=other)
    trace = dataclasses.replace(trace, chains=((dataclasses.replace(hop, edge=edge), *TRACE.chains[0][1:]),))
    assert "values of several types flow there, *bankpb.bankClient among them" in plain(html(trace))


def with_edge(number: int, **changes: Any) -> Trace:
    """``TRACE`` with another edge in one of its hops."""
    hops = list(TRACE.chains[0])
    hops[number] = dataclasses.replace(hops[number], edge=dataclasses.replace(hops[number].edge, **changes))
    return dataclasses.replace(TRACE, chains=(tuple(hops),))


def test_a_value_that_has_the_method_from_what_it_embeds() -> None:
    """Its own type is told: the method's is not what gets there."""
    about = ("*example.org/shop.Till", "Pay", "Cashier")
    notes = (Evidence(Note.FROM_EMBEDDED, about), TRACE.chains[0][0].edge.evidence[0])
    text = plain(html(with_edge(0, evidence=notes)))
    assert "In corner-shop:cmd/till a call of it only ever ends at *bankpb.bankClient: *shop.Till has this" in text
    assert (
        "method from its embedded Cashier, where that is the value: stored in the field Shop.cashier, at shop" in text
    )
    other = (RuledOut("(*example.org/shop.Purse).Pay", Exclusion.ANOTHER_WAY),)
    text = plain(html(with_edge(0, evidence=notes, ruled_out=other)))
    assert "several types flow there; *shop.Till among them has this method from its embedded Cashier, where" in text


def test_rules_name_what_they_speak_of() -> None:
    text = plain(html())
    assert "The type of b is known, and (*bank.Bank).currency is its method, at bank.go:10." in text
    assert "bank.DefaultCurrency is read; by Go's scopes that name leads to one declaration, at bank.go:4." in text
    assert "The call names (*bank.Bank).currency; by Go's scopes" in plain(html(with_edge(2, rule=Rule.FUNCTION)))
    note = (Evidence(Note.PASSED, ("srv", "bankpb.RegisterBankServer"), at(*SHOP_FILE, "type Shop")),)
    text = plain(html(with_edge(0, rule=Rule.REGISTRATION, evidence=note)))
    assert (
        "and that is a value of *bankpb.bankClient: passed as srv to bankpb.RegisterBankServer, at shop.go:10." in text
    )
    other = (RuledOut("(*example.org/shop.Purse).Pay", Exclusion.ANOTHER_WAY),)
    text = plain(html(with_edge(0, rule=Rule.REGISTRATION, ruled_out=other)))
    assert "values of several types were, *bankpb.bankClient among them." in text


def test_source_text_in_notes_is_code() -> None:
    page = html()
    assert "overridden by an earlier result: <code>return b.set</code>" in page
    assert "<li>stored in the field <code>Shop.cashier</code> " in page
    assert "the stub sends the full method <code>/bank.v1.Bank/Pay</code> over gRPC" in page


def test_names_in_answers_lead_to_hops() -> None:
    trace = dataclasses.replace(
        TRACE, questions=(("How?", "Sell asks Pay, and so DefaultCurrency; Payment does not."),)
    )
    answer = views.page(trace, Files(read)).questions[0][1]
    assert [(p.text, p.href) for p in answer if p.href] == [
        ("Sell", "#hop-1"),
        ("Pay", "#hop-1"),
        ("DefaultCurrency", "#hop-4"),
    ]
    assert "".join(p.text for p in answer) == trace.questions[0][1]


def test_answers_refer_to_hops() -> None:
    hops = TRACE.chains[0]
    last = hops[-1].target.name
    text = f"See {{hop:{hops[1].target.name}}}, {{hop:{last.rpartition('.')[2]}}} and {{hop:nothing}}."
    trace = dataclasses.replace(TRACE, questions=(("Why?", text),))
    answer = views.page(trace, Files(read)).questions[0][1]
    linked = [(p.text, p.href) for p in answer if p.href]
    assert linked == [(words.said(hops[1].target), "#hop-2"), (last.rpartition(".")[2], f"#hop-{len(hops)}")]
    plain = f"See {words.said(hops[1].target)}, {last.rpartition('.')[2]} and nothing."
    assert "".join(p.text for p in answer) == plain
    told = exports.to_json(trace)["questions"][0]
    assert (told["answer"], told["symbols"]) == (plain, [hops[1].target.name, last])
    for form in ("markdown", "graphml", "codetour", "sarif", "html"):
        assert "{hop:" not in formats.render(trace, read, form)
    place = Links({pin.repository: pin for pin in TRACE.pins}).permalink(hops[1].edge.site)
    assert f"See [`{words.said(hops[1].target)}`]({place}), [" in formats.render(trace, read, "markdown")


def test_the_answer_to_the_title() -> None:
    """It comes first, with links to hops and to images that the site tells of, and is in every export."""
    trace = dataclasses.replace(TRACE, answer="In {hop:DefaultCurrency}, says {artifact:till}.")
    image = Extra(
        "artifacts", "Images", "table.html", lambda _links, _say: Shown(EMPTY), images={"till": "artifacts.html#a"}
    )
    made = site([trace], read, extras=[image])["index.html"]
    answer, reach = (made.index(f'<p class="{name}">') for name in ("lead", "reach"))
    assert made.index("<h1>") < answer < made.index("<svg") < reach
    assert '<a href="#hop-4"><code>DefaultCurrency</code></a>, says <a href="artifacts.html#a">till</a>.' in made
    assert '<meta name="description" content="In DefaultCurrency, says till.">' in made
    assert ", says till.</p>" in site([trace], read)["index.html"]
    several = site([trace, dataclasses.replace(TRACE, title="And now?")], read)["index.html"]
    assert "In <code>DefaultCurrency</code>, says till." in several
    told = exports.to_json(trace)["title_answer"]
    assert told == {"answer": "In DefaultCurrency, says till.", "symbols": [TRACE.chains[0][-1].target.name]}
    assert exports.to_json(TRACE)["title_answer"] is None
    for form in ("graphml", "codetour", "sarif"):
        assert "In DefaultCurrency, says till." in formats.render(trace, read, form)
    assert "`DefaultCurrency`" in formats.render(trace, read, "markdown").partition("Sell")[0]


def test_permalinks() -> None:
    page = html()
    github, gitlab = "https://github.com/example/corner-shop/blob/", "https://gitlab.com/example/group/bank/-/blob/"
    assert f'href="{github}{"1" * 40}/bankpb/bank%20pb.go#L4"' in page
    assert f'href="{gitlab}{"2" * 40}/bank/bank.go#L14"' in page
    assert set(re.findall(r'href="([a-z]+):', page)) == {"https"}


def test_internal_links_resolve_and_ids_are_unique() -> None:
    page = html(dataclasses.replace(TRACE, targets=(), chains=TRACE.chains * 2))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert set(" ".join(re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', page)).split()) <= set(ids)


def test_snippet_marks_the_call() -> None:
    card = views.page(TRACE, Files(read)).chains[0].cards[0]
    assert [line.number for line in card.snippet.lines if line.called] == [18, 19, 20, 21]
    assert [line.number for line in card.snippet.lines] == list(range(12, 25))[: len(card.snippet.lines)]
    marked = [span.text for line in card.snippet.lines for span in line.spans if span.marked]
    assert marked == ["Pay"]


def test_snippet_text_is_the_source() -> None:
    for card in views.page(TRACE, Files(read)).chains[0].cards:
        source = FILES[card.snippet.place.repository, card.snippet.place.text.rpartition(":")[0]].split("\n")
        for line in card.snippet.lines:
            assert "".join(span.text for span in line.spans) == source[line.number - 1]


def test_constant_shows_declaration_and_override() -> None:
    card = views.page(TRACE, Files(read)).chains[0].cards[-1]
    assert card.definition is not None
    assert any('"GBP"' in span.text for line in card.definition.lines for span in line.spans)
    assert "overridden by an earlier result: return b.set" in plain(html())


def test_ruled_out_is_grouped_by_reason() -> None:
    card = views.page(TRACE, Files(read)).chains[0].cards[0]
    assert [(c.reason, len(c.symbols)) for c in card.ruled_out] == [
        ("declared in a test file", 1),
        ("no value of this type flows here", 1),
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
    trace = dataclasses.replace(TRACE, targets=(), chains=(TRACE.chains[0][:2], TRACE.chains[0]))
    page = html(trace)
    assert "Sell reaches 1 remote method, by 2 chains." in plain(page)
    assert 'id="chain-2-hop-4"' in page


def through(programs: int, kind: EdgeKind = EdgeKind.RPC) -> Trace:
    """A chain that enters so many programs, one hop each."""
    hop = TRACE.chains[0][1]
    edge = dataclasses.replace(hop.edge, kind=kind)
    chain = tuple(
        dataclasses.replace(
            hop,
            edge=edge,
            source=dataclasses.replace(hop.source, program=f"r{i}:cmd"),
            target=dataclasses.replace(hop.target, program=f"r{i + 1}:cmd"),
        )
        for i in range(programs - 1)
    )
    return dataclasses.replace(TRACE, chains=(chain,), targets=(chain[-1].target,))


@pytest.mark.parametrize("programs", [2, 3, 4, 5])
def test_lanes_stand_side_by_side(programs: int) -> None:
    made = views.page(through(programs), Files(read)).chains[0].drawing.wide
    assert made is not None
    assert made.lanes == len(made.panels) == programs
    edges = [(panel.x, panel.x + panel.width) for panel in made.panels]
    assert edges == sorted(edges)
    assert all(right < left for (_, right), (left, _) in itertools.pairwise(edges))
    assert edges[-1][1] <= made.width <= 332 * max(3, programs)
    assert all(panel.width >= 290 for panel in made.panels)
    # Each crossing ends at the left of the name that it leads to.
    ends = [(line.path.rpartition("H")[2], dot) for line, dot in zip(made.lines, made.dots[1:], strict=True)]
    assert all(int(x) == dot.x - 11 for x, dot in ends)


def test_many_lanes_are_stacked() -> None:
    made = views.page(through(6), Files(read)).chains[0].drawing
    assert made.wide is None
    assert made.narrow is not None
    assert len(made.narrow.panels) == 6


def forked(*ways: tuple[int, int]) -> Trace:
    """Branches of one trace: two hops together, then so many others each, the first of them into another program."""
    first = TRACE.chains[0]

    def hop(number: int, name: str, program: str) -> Hop:
        return dataclasses.replace(
            first[number],
            source=dataclasses.replace(first[number].source, program=program.partition(">")[0]),
            target=dataclasses.replace(first[number].target, name=name, program=program.rpartition(">")[2]),
        )

    trunk = (hop(0, "a.One", "till"), hop(0, "a.Two", "till"))
    chains = tuple(
        (*trunk, hop(1, f"b.Handle{way}", f"till>p{way}"), *(hop(2, f"b.F{way}x{i}", f"p{way}") for i in range(more)))
        for way, more in ways
    )
    return dataclasses.replace(TRACE, chains=chains, targets=tuple(chain[-1].target for chain in chains))


@pytest.mark.parametrize("ways", [((1, 3), (2, 1)), ((1, 0), (2, 5), (3, 2)), ((1, 1), (2, 1), (3, 1), (4, 1), (5, 1))])
def test_branches_are_drawn_together(ways: tuple[tuple[int, int], ...]) -> None:
    trace = forked(*ways)
    view = views.page(trace, Files(read))
    assert view.drawing is not None
    programs, hops = len(ways) + 1, 2 + sum(1 + more for _, more in ways)
    assert (view.drawing.wide is None) == (programs > 5)
    for made in (view.drawing.wide, view.drawing.narrow):
        if made is None:
            continue
        assert len(made.panels) == programs
        assert (len(made.dots), len(made.lines)) == (hops + 1, hops)
        # What is told of the call at which they part stands there once.
        assert len([line for line in made.lines if line.label]) == hops - len(ways) + 1
        for dot in made.dots:
            inside = [p for p in made.panels if p.x <= dot.x <= p.x + p.width and p.y <= dot.y <= p.y + p.height]
            assert len(inside) == 1
        assert len({(dot.x, dot.y) for dot in made.dots}) == hops + 1
        numbers = [[int(n) for n in re.findall(r"-?\d+", line.path)] for line in made.lines]
        assert all(0 <= n <= max(made.width, made.height) for row in numbers for n in row)
    page = html(trace)
    assert page.index("<svg") < page.index('class="questions"')
    assert page.count('<figure class="picture') == 1
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    # The hops that branches share have the same words: their chain's heading tells them apart.
    labels = re.findall(r'<section class="card[^>]*aria-labelledby="([^"]+)"', page)
    assert all(re.fullmatch(r"(chain-\d+-)chain-h \1hop-\d+-h", label) for label in labels)
    assert 'role="region"' not in page


def test_chains_that_part_otherwise_are_drawn_one_by_one() -> None:
    """At two calls, inside of a program, or into one that was entered before."""
    trace = forked((1, 1), (2, 1))
    one, two = trace.chains
    elsewhere = dataclasses.replace(two[2], edge=dataclasses.replace(two[2].edge, site=two[3].edge.site))
    inside = dataclasses.replace(two[2], target=dataclasses.replace(two[2].target, program="till"))
    same = [dataclasses.replace(hop, target=dataclasses.replace(hop.target, program="p1")) for hop in two[2:]]
    for other in ((*two[:2], elsewhere, two[3]), (*two[:2], inside), (*two[:2], *same), one[:2]):
        changed = dataclasses.replace(trace, chains=(one, other), targets=(one[-1].target, other[-1].target))
        assert views.page(changed, Files(read)).drawing is None
        assert html(changed).count('<figure class="picture') == 2


def test_programs_that_are_started_are_no_wires() -> None:
    started, called = through(3, EdgeKind.EXEC), through(3)
    both = dataclasses.replace(called, chains=(started.chains[0][:1] + called.chains[0][1:],))
    assert "in 2 hops over 2 process starts, through 3 programs." in plain(html(started))
    assert "in 2 hops over 1 wire and 1 process start, through 3 programs." in plain(html(both))
    assert "共 2 跳，含 1 次远程调用和 1 次进程启动，经过 3 个程序。" in plain(
        site([both], read, lang="zh")["index.html"]
    )
    aimless = dataclasses.replace(both, targets=())
    assert "Sell reaches 1 remote method and 1 program that it starts, by 1 chain." in plain(html(aimless))
    aimless = dataclasses.replace(started, targets=())
    assert "Sell reaches 1 program that it starts, by 1 chain." in plain(html(aimless))


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
    for name, text in site([TRACE], read).items():
        if name.endswith(".html"):
            assert not re.search(r"<(style|img|iframe|object|embed|base)\b|\bstyle=|\bon\w+=|javascript:", text), name
            loaded = re.findall(r'<(?:script src|link rel="stylesheet" href)="([^"]*)"', text)
            assert len(loaded) == 3 == text.count("<script") + text.count("<link")
            assert all(re.fullmatch(r"(\.\./)*(report\.css|report\.js|search\.js)", address) for address in loaded)
    css = site([TRACE], read)["report.css"]
    assert not re.search(r"url\(|@import", css)


# Files

COMMON = ["contents.html", "report.css", "report.js", "search.js", "source"]
SOURCES = [
    "source/bank/bank-bank.go.html",
    "source/corner-shop/bankpb-bank_pb.go-9c29bfb3.html",
    "source/corner-shop/shop-shop.go.html",
]


def test_site_of_several_traces(tmp_path: Path) -> None:
    first = write_site([TRACE, TRACE], read, tmp_path / "a" / "out")
    names = sorted(p.name for p in first.parent.iterdir())
    base = "trace-what-does-a-sale-cost"
    traces = [f"{base}{n}.{e}" for n in ("", "-2") for e in ("html", "json")]
    assert names == sorted([MARKER, "index.html", *COMMON, *traces])
    assert sorted(p.name for p in (tmp_path / "a").iterdir()) == ["out"]


def test_an_earlier_report_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_site([TRACE, TRACE], read, out)
    write_site([TRACE], read, out)
    assert sorted(p.name for p in out.iterdir()) == sorted([MARKER, *COMMON, "index.html", "index.json"])
    assert sorted(p.relative_to(out).as_posix() for p in out.rglob("*.html") if p.parent != out) == SOURCES


def test_other_folders_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ReportError, match="not an earlier report"):
        write_site([TRACE], read, tmp_path)
    out = tmp_path / "out"
    write_site([TRACE], read, out)
    for mine in (out / "notes.txt", out / "source" / "bank" / "notes.txt"):
        mine.write_text("mine")
        with pytest.raises(ReportError, match="no report wrote"):
            write_site([TRACE], read, out)
        assert mine.read_text() == "mine"
        mine.unlink()
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
    (line,) = highlight(b'static int n = f("a"); /* c */', path="a.c")
    assert {("kw", "static"), ("ty", "int"), ("st", '"a"'), ("co", "/* c */")} <= set(line)


def test_highlight_of_a_window_is_that_of_the_file() -> None:
    source = SHOP.encode()
    assert highlight(source, 14, 18) == highlight(source)[13:18]


@pytest.mark.parametrize(
    ("hostile", "most"),
    [
        # So deep that a query would take a minute: the outer 2,000 of its 90,000 operands.
        (b"1+" * 90_000 + b"1\n}", 4_000),
        # So broken that a query would be quadratic: nothing.
        (b"(" * 200_000, 0),
        (b"f({" * 20_000, 0),
        (b"{[" * 20_000, 0),
        (b"x" * 1_000_000, 6),
        (b"\xff" * 99_999, 5),
    ],
)
def test_of_hostile_source_no_more_is_coloured_than_can_be(hostile: bytes, most: int) -> None:
    source = b"package p\nfunc f() {\n x := " + hostile
    for end in (400, len(source)):
        spans = highlights(source, 0, end)
        assert len(spans) <= most
        assert all(begin < stop <= len(source) and begin < end for begin, stop, _ in spans)
        assert all(stop <= begin for (_, stop, _), (begin, _, _) in itertools.pairwise(spans))


def test_big_files_are_cut_to_declarations(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[int] = []

    def counted(source: bytes, start: int, end: int, language: str = "go") -> list[tuple[int, int, str]]:
        looked_at.append(len(source))
        return highlights(source, start, end, language)

    monkeypatch.setattr("tracer.syntax.highlights.highlights", counted)
    source = b"package p\n" + b"func f() { return nil }\n" * 200_000
    line = highlight(source, 100_000, 100_000)[0]
    assert ("kw", "return") in line
    assert 0 < sum(looked_at) < len(source) / 10


def test_long_lines_are_cut_around_the_call() -> None:
    body = b"package p\nvar x = " + b"1+" * 50_000 + b"f() " + b"+1" * 50_000 + b"\n"
    name = body.index(b"f()") - body.index(b"var")
    edge = dataclasses.replace(TRACE.chains[0][2].edge, site=Position("bank", "bank/bank.go", 2, name + 1))
    hop = dataclasses.replace(TRACE.chains[0][2], edge=edge, code="f()")
    page = views.page(dataclasses.replace(TRACE, chains=((hop,),)), Files(lambda r, p: body))
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


# Pages of files


def lines_of(page: str) -> dict[int, str]:
    """The text of each line of a file's page, without the trace's remarks."""

    class Lines(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.found: dict[int, str] = {}
            self.at = 0
            self.remark = False

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values = dict(attrs)
            if tag == "li" and re.fullmatch(r"L\d+", values.get("id") or ""):
                self.at = int((values["id"] or "")[1:])
                self.found[self.at] = ""
            self.remark = self.remark or (tag == "a" and "remark" in (values.get("class") or ""))

        def handle_endtag(self, tag: str) -> None:
            if tag == "a":
                self.remark = False
            if tag == "ol":
                self.at = 0

        def handle_data(self, data: str) -> None:
            if self.at and not self.remark:
                self.found[self.at] += data

    parser = Lines()
    parser.feed(page)
    return parser.found


def test_a_file_is_shown_whole() -> None:
    made = site([TRACE], read)
    for (repository, path), name in zip(sorted(FILES), SOURCES, strict=True):
        wanted = FILES[repository, path].removesuffix("\n").split("\n")
        assert list(lines_of(made[name]).values()) == wanted


def test_calls_in_a_file_lead_on() -> None:
    page = site([TRACE], read)["source/corner-shop/shop-shop.go.html"]
    pay = '<a href="../../source/corner-shop/bankpb-bank_pb.go-9c29bfb3.html#L3" title="→ (*bankpb.bankClient).Pay (bank pb.go:3)">Pay</a>'
    assert f"s.cashier.{pay}(" in page
    assert '<a class="remark interface" href="../../index.html#hop-1">hop 1 → bankClient.Pay</a>' in page
    assert "hop 1: stored in the field Shop.cashier" in page


def unfolded(page: str) -> dict[int, str]:
    """The text of each line of a file's page, folded ones included."""
    found = lines_of(page)
    for first, last, packed in re.findall(r'data-first="(\d+)" data-last="(\d+)" data-packed="([^"]+)"', page):
        lines = zlib.decompress(base64.b64decode(packed)).decode().split("\n")
        assert len(lines) == int(last) - int(first) + 1
        assert not found.keys() & set(range(int(first), int(last) + 1))
        found |= dict(enumerate(lines, int(first)))
    return dict(sorted(found.items()))


def test_large_files_are_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "FOLDED", 100)
    big = SHOP + "func f() { return nil } // \u202e <&\r\n" * 1000 + "func g() {}\n" * 1000
    made = site(
        [TRACE],
        lambda repository, path: big.encode() if path == "shop/shop.go" else read(repository, path),
        extras=[wires_page([WireRow("/a/b", "gRPC", (WireEnd("p", "x.y", Position(*SHOP_FILE, 900, 1)),), ())], ())],
    )
    page = made[SOURCES[2]]
    wanted = big.removesuffix("\n").replace("\u202e", "<U+202E>").replace("\r", "").split("\n")
    assert unfolded(page) == dict(enumerate(wanted, 1))
    shown = lines_of(page).keys()
    assert {18, 48, 870, 900, 930} <= shown
    assert not {100, 500, 869, 931, 2000} & shown
    # Whatever the site leads to stands open.
    for name, text in made.items():
        if name.endswith(".html"):
            assert {int(n) for n in re.findall(rf"{re.escape(SOURCES[2])}#L(\d+)", text)} <= shown
    first = f"https://github.com/example/corner-shop/blob/{'1' * 40}/shop/shop.go#L"
    assert re.findall(r'data-first="(\d+)"', page) == re.findall(rf'<p class="fold".*<a href="{first}(\d+)"', page)
    assert "<i class=kw>go</i>" in page


@given(st.sets(st.integers(1, 700)), st.integers(0, 700))
def test_every_line_is_open_or_folded(led: set[int], count: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sources, "FOLDED", 0)
        chunks = list(sources.Lines(b"x\n" * count, "x", (), (), "").chunks(led))
    at = 1
    for chunk in chunks:
        assert chunk.first == at
        assert chunk.last >= at
        at = chunk.last + 1
        assert not chunk.packed or not led & set(range(chunk.first, at))
    assert at == max(count, 1) + 1


def test_a_column_inside_a_character() -> None:
    body = b"package shop\n" * 17 + "€\n".encode() + b"\xf0\x9f\n"
    hop = TRACE.chains[0][0]
    for line, column in ((18, 1), (18, 2), (18, 3), (18, 9), (19, 1), (19, 2)):
        edge = dataclasses.replace(hop.edge, site=Position("corner-shop", "shop/shop.go", line, column))
        trace = dataclasses.replace(TRACE, chains=((dataclasses.replace(hop, edge=edge),),))
        page = site([trace], lambda repository, path: body)["source/corner-shop/shop-shop.go.html"]
        assert lines_of(page)[18] == "€"


def test_names_of_files_stay_apart() -> None:
    names = sources.page_names([("r", "a-b/c"), ("r", "a/b/c"), ("r", "A/b-c"), ("r", "../x"), ("r", "x" * 300)])
    assert len({name.lower() for name in names.values()}) == 5
    assert all(re.fullmatch(r"source/r/[\w-][\w.-]{0,140}\.html", name) for name in names.values())


def test_one_name_for_two_commits() -> None:
    other = dataclasses.replace(TRACE, pins=(dataclasses.replace(PINS[0], commit="3" * 40), PINS[1]))
    with pytest.raises(ReportError, match="different commits by 'corner-shop'"):
        site([TRACE, other], read)


# Around the chain


def surroundings() -> tuple[Surroundings, ...]:
    hops = TRACE.chains[0]
    why = Message(Detail.OPERAND_UNTYPED, ("book",))
    failed = Unresolved(hops[2].source.name, at("bank", "bank/bank.go", "b.book"), "b.book(…)", Reason.UNTYPED, why)
    std = Symbol("strings.ToUpper", "func", None, "bank:cmd/bankd")
    edge = Edge(hops[2].source.name, std.name, hops[2].edge.site, EdgeKind.CALL, Rule.FUNCTION)
    return (
        Surroundings(hops[0].source, (), (hops[0],), ()),
        Surroundings(
            hops[2].source, (hops[1],), (hops[2], Hop(edge, hops[2].source, std, "strings.ToUpper(x)")), (failed,)
        ),
    )


def test_around() -> None:
    made = site([Told(TRACE, surroundings())], read)
    text = plain(made["around.html"])
    assert "Called or read by 1 function" in text
    assert "Calls or reads 2 symbols" in text
    assert "standard library" in text
    words = "b.book(…): the type of the called expression is not known (the type of the operand of .book is not known)"
    assert words in " ".join(text.split())
    assert words in " ".join(plain(made["index.html"]).split())
    assert 'href="index.html#hop-3"' in made["around.html"]
    data = json.loads(made["index.json"])["around"]
    assert [len(one["callees"]) for one in data] == [1, 2]
    assert data[1]["unresolved"][0]["reason"] == "the type of the called expression is not known"
    assert "ToUpper" not in made["search.js"], "the standard library has no page to lead to"


def wire_rows() -> list[WireRow]:
    stub = TRACE.chains[0][1]
    sent = WireEnd("corner-shop:cmd/till", stub.source.name, stub.edge.site)
    served = WireEnd(
        "bank:cmd/bankd", "example.org/bankpb._Bank_Pay_Handler", None, stub.target.name, stub.target.position
    )
    linked = WireEnd("corner-shop:cmd/till", "example.org/bankpb._Bank_Pay_Handler", at(*CLIENT_FILE, "Invoke"))
    alone = WireEnd("bank:cmd/bankd", "example.org/old._Bank_Save_Handler", Position("bank", "old/old.go", 7, 3))
    return [
        WireRow("/bank.v1.Bank/Pay", "gRPC", (sent,), (served, linked)),
        WireRow("/bank.v1.Bank/<b>Owe", "gRPC", (sent,), ()),
        WireRow("/bank.v0.Bank/Save", "ttrpc", (), (alone,)),
    ]


def test_wires() -> None:
    made = site([TRACE], read, extras=[wires_page([*wire_rows(), *wire_rows()], PINS)])
    page = made["wires.html"]
    text = " ".join(plain(page).split())
    assert "3 methods, 1 of them with both ends." in text
    assert "corner-shop:cmd/till can reach bank:cmd/bankd: 1 method of gRPC." in text
    assert text.index("/bank.v1.Bank gRPC, 2 methods") < text.index("/bank.v0.Bank ttrpc, 1 method")
    owe, pay, old = page.partition('<tr id="wire-2" class="half">')[2].split("<tr id=")
    assert "&lt;b&gt;Owe" in owe
    assert "no server" in owe
    assert pay.startswith('"wire-3" class="whole">')
    client, bank = SOURCES[1], SOURCES[0]
    assert f'<a href="{client}#L4"><code>(*bankpb.bankClient).Pay</code></a> bank pb.go:4' in pay
    assert f'<a href="{bank}#L6"><code>(*bank.Bank).Pay</code></a> bank.go:6, by <code>bankpb._Bank_Pay_Handler' in pay
    assert "corner-shop:cmd/till holds " in pay
    assert old.startswith('"wire-1" class="half">')
    # A file that is not in the site is shown at its pinned commit.
    assert f'href="https://gitlab.com/example/group/bank/-/blob/{"2" * 40}/old/old.go#L7"' in old
    assert "no stub" in old
    assert "no server" in old
    assert '"wires.html#wire-3"' in made["search.js"]
    assert 'href="wires.html#wire-3"' in made["contents.html"]
    for name in (n for n in made if n.endswith(".html")):
        root = "../../" if name.startswith("source/") else ""
        assert f'<a href="{root}wires.html"' in made[name]


LATER = (
    dataclasses.replace(PINS[0], commit="3" * 40),
    dataclasses.replace(PINS[1], commit="4" * 40),
)


def later_trace() -> Trace:
    """The same sale later: the client's file was renamed, the bank pays at once and in euros."""

    def change(text: str) -> str:
        moves = {"bankpb/bank pb.go": "bankpb/bank_grpc.go", '"GBP"': '"EUR"'}
        return moves.get(text, text)

    trace = poison(TRACE, change, keep=True)
    pay, read_it = trace.chains[0][1], trace.chains[0][3]
    edge = dataclasses.replace(read_it.edge, caller=pay.target.name)
    direct = dataclasses.replace(read_it, source=pay.target, edge=edge)
    return dataclasses.replace(trace, chains=((*trace.chains[0][:2], direct),), pins=LATER)


def test_changes() -> None:
    made = site([TRACE], read, extras=[changes_page([compare(TRACE, later_trace())])])
    page = made["changes.html"]
    text = " ".join(plain(page).split())
    assert "corner-shop from 111111111111 to 333333333333" in text
    assert "2 moved, 1 value changed, 1 vanished" in text
    rows = dict(re.findall(r'<tr id="(change-\d)" class="(\w+)">', page))
    assert list(rows.values())[:4] == ["same", "moved", "moved", "vanished"]
    moved = page.partition('id="change-2"')[2].partition("</tr>")[0]
    assert f'<a href="{SOURCES[1]}#L3"><code>bankpb/bank pb.go:3</code></a></del>' in moved
    later = f"https://github.com/example/corner-shop/blob/{'3' * 40}/bankpb/bank_grpc.go#L3"
    assert f'<a href="{later}"><code>bankpb/bank_grpc.go:3</code></a></ins>' in moved
    assert moved.count("<del>") == moved.count("<ins>") == 2
    last = page.partition('id="change-5"')[2]
    assert "value changed" in plain(last)
    assert "<del><code>&#34;GBP&#34;</code></del>" in last
    assert "<ins><code>&#34;EUR&#34;</code></ins>" in last
    assert "not on the chain" in plain(page.partition('id="change-4"')[2])
    assert '"changes.html#change-5"' in made["search.js"]


def test_changes_without_a_chain() -> None:
    gone = dataclasses.replace(later_trace(), found=False, chains=())
    made = site([], read, extras=[changes_page([compare(TRACE, gone)], "index")])
    assert sorted(made) == ["contents.html", "index.html", "report.css", "report.js", "search.js"]
    assert "At the second pins no chain was found." in plain(made["index.html"])
    assert "Sell → DefaultCurrency" in plain(made["index.html"])


def test_other_targets_are_not_ruled_out() -> None:
    hop = TRACE.chains[0][0]
    other = RuledOut("(*example.org/shop.Purse).Pay", Exclusion.ANOTHER_WAY)
    edge = dataclasses.replace(hop.edge, ruled_out=(*hop.edge.ruled_out, other))
    text = plain(html(dataclasses.replace(TRACE, chains=((dataclasses.replace(hop, edge=edge),),))))
    assert "1 more target of this call; the chain goes another way" in text
    assert "Ruled out: 2 other candidates" in text


# Languages


def test_catalogs_are_complete() -> None:
    for path in sorted((Path(__file__).parents[2] / "reports" / "locale").glob("*.po")):
        with path.open(encoding="utf-8") as file:
            catalog = read_po(file)
        have = {message.id for message in catalog if message.id and all(listed(message.string))}
        assert messages() == have, path.name
        for message in catalog:
            fields = set(re.findall(r"\{\w+\}", listed(message.id)[-1]))
            assert all(set(re.findall(r"\{\w+\}", text)) == fields for text in listed(message.string)), message.id


def listed(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_chinese() -> None:
    made = site([Told(TRACE, surroundings())], read, lang="zh")
    assert '<html lang="zh-Hans">' in made["index.html"]
    text = plain(made["index.html"])
    assert 'Sell 通向常量 DefaultCurrency = "GBP"，共 4 跳，含 1 次远程调用，经过 2 个程序。' in text
    assert "存入字段 Shop.cashier" in text
    assert "被更早的返回结果取代：return b.set" in text
    own = {word for text in FILES.values() for word in re.findall(r"\w+", text)}
    left = {word for word in re.findall(r"\b[A-Za-z]{3,}\b", plain(made["around.html"])) if word not in own}
    assert left <= {
        "tracer",
        "err",
        "Error",
        "corner",
        "till",
        "bankd",
        "cmd",
        "pb",
        "bankpb",
        "strings",
        "ToUpper",
    } | {"example", "org", "why", "What", "does", "sale", "cost"}
    with pytest.raises(ReportError, match="no language 'xx'"):
        site([TRACE], read, lang="xx")


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


def poison(value: Any, change: Callable[[str], str], *, keep: bool = False) -> Any:
    """A copy of a model's value with every string field changed; enumerations stay, and with ``keep`` names."""
    if isinstance(value, Enum) or value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(poison(item, change, keep=keep) for item in value)
    fields = {f.name: poison(getattr(value, f.name), change, keep=keep) for f in dataclasses.fields(value)}
    if isinstance(value, Symbol) and not keep:
        fields["name"] += "x"  # a symbol has a name
    return dataclasses.replace(value, **fields)


@functools.cache
def allowed() -> frozenset[tuple[str, tuple[str, ...]]]:
    """The tags with attributes that harmless traces, with and without links, sources and stops, give."""
    out: set[tuple[str, tuple[str, ...]]] = set()
    bare = dataclasses.replace(TRACE, pins=tuple(dataclasses.replace(p, url="") for p in PINS))
    many = dataclasses.replace(TRACE, targets=(), chains=TRACE.chains * 2)
    for trace in (TRACE, bare, many, poison(TRACE, lambda s: s + "x")):
        told = Told(trace, surroundings())
        extras = [wires_page(wire_rows(), ()), changes_page([compare(TRACE, later_trace())])]
        for made in (site([told, told], read, extras=extras), site([told], read)):
            for name, page in made.items():
                if name.endswith(".html"):
                    out |= shape(page).found
    return frozenset(out)


def check_harmless(trace: Trace, source: bytes, expected: frozenset[tuple[str, tuple[str, ...]]]) -> None:
    compared = changes_page([compare(trace, TRACE), compare(TRACE, trace)])
    rows = [poison(row, lambda _: trace.title) for row in wire_rows()]
    extras = [dataclasses.replace(compared, pins=()), wires_page(rows, ())]
    files = site([trace, trace], lambda repository, path: source, extras=extras)
    for name, text in files.items():
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]", text), name
        text.encode("utf-8")
        if name.endswith(".html"):
            seen = shape(text)
            assert seen.found <= expected, seen.found - expected
            assert not seen.comments
            assert re.fullmatch(r"(source/[\w.-]+/)?[\w.-]+\.html", name), name
            link = r"https?://.*|(\.\./\.\./)?((source/[\w.-]+/)?[\w.-]+\.(html|json|js|css))?(#[\w-]+)?"
            assert all(re.fullmatch(link, address) for address in seen.links), seen.links


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


def test_a_main_in_a_sentence_has_its_package() -> None:
    main = Symbol("example.org/shop.main", "func", Position("r", "main.go", 1, 1), "r:cmd/shop")
    assert [named(main), named(replace(main, name="(*example.org/shop.Shop).main", kind="method"))] == [
        "shop.main",
        "main",
    ]


def test_a_bound_that_was_hit_stands_in_the_headline() -> None:
    asked = replace(TRACE, targets=(), stops=())
    assert "There may be more" not in plain(html(asked))
    cut = replace(asked, stops=(Stop(asked.entry, None, Ending.CUT_OFF, ("20000",)),))
    told = "There may be more: the search was cut off at 20000 functions."
    assert told in plain(html(cut))
    assert f"any remote method. The search stopped at 1 place. {told}" in plain(
        html(replace(cut, chains=(), found=False))
    )
    missed = replace(cut, targets=TRACE.targets, chains=(), found=False)
    assert f"was not shown. The search stopped at 1 place. {told}" in plain(html(missed))
