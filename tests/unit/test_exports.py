"""Exports: complete, and hostile text stays text, each read back by a parser of its format."""

from __future__ import annotations

import base64
import dataclasses
import html
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from enum import Enum
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import hostile
import networkx as nx
import pydot
import pytest
from hypothesis import HealthCheck, example, given, settings
from markdown_it import MarkdownIt
from sarif_pydantic import Sarif

from tracer.codes import Detail, Ending, Exclusion, Message, Note, Reason, Rule
from tracer.errors import ReportError, SourceError
from tracer.model import Edge, EdgeKind, Evidence, Hop, Modifier, Pin, Position, RuledOut, Stop, Symbol, Trace
from tracer.report import formats, views
from tracer.report.formats.diagram import diagram
from tracer.report.formats.mail import inlined
from tracer.report.text import one_line, visible
from tracer.report.words import leaf

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
SHOP = b"package shop\n\nfunc (s *Shop) Sell() error {\n\t/* \xc3\xa9\xc3\xa9 */ s.cashier.Pay(1)\n\treturn nil\n}\n"
BANK = b'package bank\n\n// What is paid.\nconst Default = "GBP"\n\nfunc (b *Bank) Pay() string { return Default }\n'
FILES = {("shop", "shop/shop.go"): SHOP, ("bank", "bank/bank.go"): BANK}


def read(repository: str, path: str) -> bytes:
    try:
        return FILES[repository, path]
    except KeyError:
        raise SourceError(f"{path} is not in {repository}") from None


def make() -> Trace:
    pins = (
        Pin("shop", "https://github.com/example/shop", "1" * 40),
        Pin("bank", "https://gitlab.com/example/bank", "2" * 40),
    )
    shop, bank = "shop:cmd/till", "bank:cmd/bankd"
    sell = Symbol(
        "(*example.org/shop.Shop).Sell", "method", Position("shop", "shop/shop.go", 3, 16), shop, "func() error"
    )
    pay = Symbol("(*example.org/bank.Bank).Pay", "method", Position("bank", "bank/bank.go", 6, 16), bank)
    default = Symbol("example.org/bank.Default", "const", Position("bank", "bank/bank.go", 4, 7), bank, "", '"GBP"')
    over = Edge(
        sell.name,
        pay.name,
        Position("shop", "shop/shop.go", 4, 24),
        EdgeKind.RPC,
        Rule.FULL_METHOD,
        (Modifier.GO,),
        (
            Evidence(Note.SENDS, ("/bank.v1.Bank/Pay", "gRPC"), Position("shop", "shop/shop.go", 4, 14)),
            Evidence(Note.RETURNED, ("shop.main",)),
        ),
        (RuledOut("(*example.org/shop.Fake).Pay", Exclusion.TEST_FILE, (), Position("shop", "shop/shop.go", 1, 1)),),
        "/bank.v1.Bank/Pay",
    )
    reads = Edge(pay.name, default.name, Position("bank", "bank/bank.go", 6, 38), EdgeKind.READ, Rule.NAME)
    notes = (Evidence(Note.ALSO_READ, ("bank.main", "print(Default)"), Position("bank", "bank/bank.go", 1, 9)),)
    hops = (Hop(over, sell, pay, "s.cashier.Pay(1)"), Hop(reads, pay, default, "return Default", notes))
    stops = (
        Stop(
            pay,
            Position("bank", "bank/bank.go", 6, 1),
            Ending.UNDECIDED,
            ("b.book()", Message(Reason.NO_TARGET), Message(Detail.TYPE, ("func()",))),
            default.name,
        ),
    )
    return Trace("What is paid?", sell, (default,), True, (hops,), stops, pins, 7, (("In what?", "In pounds."),))


TRACE = make()


def export(name: str, trace: Trace = TRACE) -> str:
    return formats.render(trace, read, name)


# What is in them


def leaves(value: object) -> Iterator[str | int]:
    """Every text and number of a model's value."""
    if isinstance(value, Enum):
        yield value.value
    elif isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from leaves(item)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from leaves(getattr(value, field.name))


def values(made: Any) -> Iterator[Any]:
    if isinstance(made, dict):
        for item in made.values():
            yield from values(item)
    elif isinstance(made, list):
        for item in made:
            yield from values(item)
    else:
        yield made


def test_json_holds_every_value_of_the_trace() -> None:
    # Each text is told apart from every other, so that none can stand in for another.
    count = iter(range(10_000, 20_000))

    def marked(value: Any) -> Any:
        if value is None or isinstance(value, (Enum, bool)):
            return value
        if isinstance(value, int):
            return next(count)
        if isinstance(value, str):
            return f"text{next(count)}"
        if isinstance(value, tuple):
            return tuple(marked(item) for item in value)
        fields = {f.name: marked(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)

    trace = marked(TRACE)
    # Known under another form: a pin's place on the machine is shown to nobody, an edge's ends are its symbols.
    pins = tuple(dataclasses.replace(p, url=f"https://example.org/{p.url}") for p in trace.pins)
    chains = tuple(
        tuple(
            dataclasses.replace(h, edge=dataclasses.replace(h.edge, caller=h.source.name, callee=h.target.name))
            for h in chain
        )
        for chain in trace.chains
    )
    trace = dataclasses.replace(trace, pins=pins, chains=chains)
    made = set(values(json.loads(export("json", trace))))
    assert set(leaves(trace)) <= made


# Made from what JSON holds, or geometry; see the views.
DERIVED = {
    "leaf",
    "said",
    "verb",
    "kind_words",
    "anchor",
    "wide",
    "narrow",
    "heading",
    "entered",
    "sentence",
    "css",
} | {
    "href",
    "following",
    "previous",
}


def shown(view: object) -> Iterator[str]:
    """Every text of a page's views but for what is derived."""
    if isinstance(view, str):
        yield view
    elif isinstance(view, tuple):
        for item in view:
            yield from shown(item)
    elif dataclasses.is_dataclass(view):
        for field in dataclasses.fields(view):
            if field.name not in DERIVED:
                yield from shown(getattr(view, field.name))


def test_json_holds_what_the_page_shows() -> None:
    view = views.page(TRACE, read)
    made = json.loads(export("json"))
    texts = "\n".join(str(v) for v in values(made))
    # A place is shown as path:line.
    places = [v for v in _objects(made) if {"path", "line"} <= v.keys()]
    texts += "\n".join(f"{p['path']}:{p['line']}" for p in places)
    assert not [text for text in shown(view) if one_line(text) not in texts]
    assert made["answer"] == "".join(piece.text for piece in view.sentence)
    card = view.chains[0].cards[0]
    snippet = made["hops"][0]["call"]["snippet"]
    assert snippet["lines"] == ["".join(s.text for s in line.spans) for line in card.snippet.lines]
    assert [snippet["first"] + i for i in range(len(snippet["lines"]))] == [line.number for line in card.snippet.lines]
    assert snippet["called"] == [4]
    assert snippet["lines"][4 - snippet["first"]] == "\t/* éé */ s.cashier.Pay(1)"
    assert made["hops"][1]["declaration"]["lines"][0] == "package bank"
    assert made["hops"][0]["evidence"][0]["line"] == "\t/* éé */ s.cashier.Pay(1)"


def _objects(made: Any) -> Iterator[dict[str, Any]]:
    if isinstance(made, dict):
        yield made
        for item in made.values():
            yield from _objects(item)
    elif isinstance(made, list):
        for item in made:
            yield from _objects(item)


def test_json_without_sources_says_so() -> None:
    def nothing(repository: str, path: str) -> bytes:
        raise SourceError("the clone is gone")

    made = json.loads(formats.render(TRACE, nothing, "json"))
    missing = "the clone is gone"
    assert made["hops"][0]["call"]["snippet"] == {"first": None, "lines": [], "called": [], "missing": missing}
    assert made["hops"][0]["evidence"][0]["line"] is None


def test_sarif() -> None:
    made = json.loads(export("sarif"))
    run = made["runs"][0]
    chain, stop = run["results"]
    flow = chain["codeFlows"][0]["threadFlows"]
    assert [f["id"] for f in flow] == ["shop:cmd/till", "bank:cmd/bankd"]
    assert [[step["executionOrder"] for step in f["locations"]] for f in flow] == [[0, 1], [2, 3]]
    call = flow[0]["locations"][1]["location"]["physicalLocation"]
    # The column counts characters: two letters of two bytes stand before it.
    assert call["region"] == {
        "startLine": 4,
        "startColumn": 22,
        "snippet": {"text": "\t/* éé */ s.cashier.Pay(1)"},
    }
    assert call["artifactLocation"] == {"uri": "shop/shop.go", "uriBaseId": "SRC0"}
    assert run["versionControlProvenance"][1] == {
        "repositoryUri": "https://gitlab.com/example/bank",
        "revisionId": "2" * 40,
        "mappedTo": {"uriBaseId": "SRC1"},
    }
    assert (stop["kind"], stop["message"]["text"]) == (
        "open",
        "(*bank.Bank).Pay: b.book(): no value of this program flows here (func())",
    )
    related = [place["message"]["text"] for place in chain["relatedLocations"]]
    assert related == [
        "Hop 1, evidence: the stub sends the full method /bank.v1.Bank/Pay over gRPC",
        "Hop 1, evidence: returned by shop.main",
        "Hop 1, ruled out: (*example.org/shop.Fake).Pay: declared in a test file",
        "Hop 2, to know: also read by bank.main: print(Default)",
    ]


def test_codetour() -> None:
    made = json.loads(export("codetour"))
    assert made["ref"] == "1" * 40
    first, call, remote, end = made["steps"]
    assert (first["file"], first["line"]) == ("shop/shop.go", 3)
    assert (call["file"], call["line"], "contents" in call) == ("shop/shop.go", 4, False)
    # The other repository's lines are where they are in the file.
    assert remote["contents"].split("\n")[remote["line"] - 1] == BANK.decode().split("\n")[5]
    assert remote["file"] == "bank/bank/bank.go"
    assert end["title"] == 'Here: bank.Default = "GBP"'


def test_codetour_of_a_large_file_carries_a_part() -> None:
    body = b"x\n" * 5000 + b"return Default\n" + b"y\n" * 5000
    site = Position("bank", "bank/bank.go", 5001, 8)
    hop = TRACE.chains[0][1]
    chain = (dataclasses.replace(hop, edge=dataclasses.replace(hop.edge, site=site)),)
    made = json.loads(formats.render(dataclasses.replace(TRACE, chains=(chain,)), lambda r, p: body, "codetour"))
    lines = made["steps"][1]["contents"].split("\n")
    assert lines[5000] == "return Default"
    assert lines[0] == ""
    assert len(lines) < 5100


def test_markdown() -> None:
    text = export("markdown")
    assert text.startswith('# What is paid?\n\n`Sell` reaches the constant `Default` = `"GBP"` in 2 hops over 1 wire')
    assert "```go\n" in text
    assert "\t/* éé */ s.cashier.Pay(1)\n" in text
    link = f"[`bank/bank.go:6`](https://gitlab.com/example/bank/-/blob/{'2' * 40}/bank/bank.go#L6)"
    assert f"2. `Bank.Pay` reads `Default` ({link})" in text
    assert "\nIn `bank:cmd/bankd`:\n\n2. " in text
    assert "<summary>Ruled out: 1 other</summary>" in text
    assert "```mermaid\nflowchart TD\n" in text


def test_markdown_cuts_long_lists_and_says_so() -> None:
    edge = TRACE.chains[0][0].edge
    many = tuple(RuledOut(f"shop.T{i:02}.Pay", Exclusion.NEVER_FLOWS) for i in range(40))
    hop = dataclasses.replace(TRACE.chains[0][0], edge=dataclasses.replace(edge, ruled_out=many))
    text = export("markdown", dataclasses.replace(TRACE, chains=((hop,),)))
    assert "<summary>Ruled out: 40 other</summary>" in text
    assert "`shop.T14.Pay`" in text
    assert "`shop.T15.Pay`" not in text
    assert "- … and 25 more, all of them in the JSON\n" in text


def test_mermaid() -> None:
    assert export("mermaid").split("\n") == [
        "flowchart TD",
        "  accTitle: What is paid?",
        '  subgraph p0["shop#58;cmd/till"]',
        "    direction TB",
        '    n0["(*shop.Shop).Sell<br>shop.go#58;3"]',
        "  end",
        '  subgraph p1["bank#58;cmd/bankd"]',
        "    direction TB",
        '    n1["(*bank.Bank).Pay<br>bank.go#58;6"]',
        '    n2[["bank.Default<br>= #34;GBP#34;<br>bank.go#58;4"]]',
        "  end",
        '  n0 ==>|"1 remote call, go<br>/bank.v1.Bank/Pay"| n1',
        '  n1 -->|"2 read"| n2',
        f'  click n0 href "https://github.com/example/shop/blob/{"1" * 40}/shop/shop.go#L3" _blank',
        f'  click n1 href "https://gitlab.com/example/bank/-/blob/{"2" * 40}/bank/bank.go#L6" _blank',
        f'  click n2 href "https://gitlab.com/example/bank/-/blob/{"2" * 40}/bank/bank.go#L4" _blank',
        "",
    ]


def test_graphml_is_the_graph() -> None:
    graph = nx.parse_graphml(export("graphml"), force_multigraph=True)
    assert graph.graph["title"] == "What is paid?"
    assert graph.graph["explored"] == 7
    assert [data["label"] for _, data in graph.nodes(data=True)] == [
        "(*shop.Shop).Sell",
        "(*bank.Bank).Pay",
        "bank.Default",
    ]
    assert graph.nodes["n2"]["value"] == '"GBP"'
    edge = graph.edges["n0", "n1", "e0"]
    assert (edge["kind"], edge["rule"], edge["wire"], edge["line"]) == ("rpc", "full method", "/bank.v1.Bank/Pay", 4)
    assert edge["evidence"].split("\n")[1] == "returned by shop.main"
    assert edge["ruled_out"].startswith(
        "(*example.org/shop.Fake).Pay: declared in a test file (shop shop/shop.go:1 https"
    )


def test_a_hop_of_two_chains_is_drawn_once() -> None:
    first, second = TRACE.chains[0]
    made = diagram(dataclasses.replace(TRACE, targets=(), chains=((first,), (first, second))))
    assert [link.steps for link in made.links] == [("1.1", "2.1"), ("2.2",)]


# The page in one file


def test_html_needs_no_other_file() -> None:
    page = export("html")
    parser = Tags(page)
    local = [
        v for _, attrs in parser.found for k, v in attrs if k in ("href", "src") and not re.match(r"https:|#|data:", v)
    ]
    assert not local
    data = next(v for t, attrs in parser.found if t == "a" for k, v in attrs if k == "href" and v.startswith("data:"))
    inside = json.loads(base64.b64decode(data.partition("base64,")[2]))
    assert inside == json.loads(export("json"))


def test_files_of_a_site_are_put_inside() -> None:
    page = (
        "<!doctype html><html><head>"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'self'; script-src 'self'\">"
        '<link rel="stylesheet" href="a.css"><link rel="icon" href="i.svg"><style>b{}</style></head><body>'
        '<a href="source/x.html#L3" title="&lt;">x &amp; y</a> <a href="#there">t</a> <a href="index.html#h">h</a>'
        '<a href="https://example.org/">e</a><script src="s.js"></script><br/></body></html>'
    )
    made = inlined(page, {"a.css": "a{}", "s.js": 'go("</p>")'})
    assert "<style>a{}</style><style>b{}</style></head>" in made
    assert '<a title="&lt;">x &amp; y</a> <a href="#there">t</a> <a href="#h">h</a>' in made
    assert '<script>go("</p>")</script><br/></body></html>' in made
    assert "'self'" not in made
    policy = html.unescape(re.findall(r'content="([^"]*)"', made)[0])
    assert re.fullmatch(
        r"default-src 'none'; style-src( 'sha256-[\w+/=]{44}'){2}; script-src 'sha256-[\w+/=]{44}'", policy
    )


# Files


def test_an_export_is_written_whole(tmp_path: Path) -> None:
    out = tmp_path / "chain.md"
    out.write_text("old", encoding="utf-8")
    formats.write("new\n", out)
    assert out.read_text(encoding="utf-8") == "new\n"
    assert [p.name for p in tmp_path.iterdir()] == ["chain.md"]
    with pytest.raises(ReportError, match="could not be written"):
        formats.write("x", tmp_path / "absent" / "chain.md")
    with pytest.raises(ReportError, match="could not be written"):
        formats.write("x", tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["chain.md"]
    with pytest.raises(ReportError, match="no format"):
        formats.render(TRACE, read, "pdf")


# Hostile text


class Tags(HTMLParser):
    """A page's tags with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[tuple[str, str]]]] = []
        self.text = ""
        self.comments: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [(k, v or "") for k, v in attrs]))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)


def test_what_is_no_file_is_written_to_and_stays(tmp_path: Path) -> None:
    file, link, pipe = tmp_path / "file", tmp_path / "link", tmp_path / "pipe"
    file.write_text("old")
    link.symlink_to("file")
    formats.write("new", link)
    assert link.is_symlink()
    assert file.read_text() == "new"
    os.mkfifo(pipe)
    read_end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        formats.write("through", pipe)
        assert os.read(read_end, 100) == b"through"
    finally:
        os.close(read_end)
    assert pipe.is_fifo()
    loop = tmp_path / "loop"
    loop.symlink_to("loop")
    with pytest.raises(ReportError, match="could not be written"):
        formats.write("x", loop)
    assert {path.name for path in tmp_path.iterdir()} == {"file", "link", "pipe", "loop"}


def squeezed(text: str) -> str:
    return "".join(text.split())


LINK = r"https://(github\.com|gitlab\.com)/[\w.%/~-]+(#L\d+)?"


def check_json(text: str, trace: Trace) -> None:
    made = json.loads(text)
    assert made["title"] == trace.title
    assert made["entry"]["name"] == trace.entry.name
    assert [[h["call"]["code"] for h in c] for c in made["chains"]] == [[h.code for h in c] for c in trace.chains]


def check_markdown(text: str, trace: Trace) -> None:
    page = Tags(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))
    tags = {tag for tag, _ in page.found}
    assert tags <= {"h1", "h2", "h3", "p", "code", "pre", "ul", "ol", "li", "a", "strong", "details", "summary"}, tags
    for tag, attrs in page.found:
        for name, value in attrs:
            assert (tag, name) in (("a", "href"), ("code", "class"), ("ol", "start")), (tag, name, value)
            assert name != "href" or re.fullmatch(LINK, value), value
    assert set(page.comments) <= {" "}
    assert [tag for tag, _ in page.found].count("h1") == 1
    text_of_page = squeezed(page.text)
    for shown_text in (trace.title, trace.entry.name if trace.chains else "", *(q for q, _ in trace.questions)):
        assert squeezed(visible(shown_text, newlines=True)) in text_of_page


def check_html(text: str, trace: Trace) -> None:
    page = Tags(text)
    assert "script" not in {tag for tag, attrs in page.found if not attrs} or "sha256" in text
    for _, attrs in page.found:
        for name, value in attrs:
            assert not name.startswith("on"), name
            assert name not in ("href", "src") or re.fullmatch(
                rf"{LINK}|#[\w-]*|data:application/json;base64,[\w+/=]*", value
            )
    assert not page.comments
    assert squeezed(visible(trace.title, newlines=True)) in squeezed(page.text)


MERMAID = (
    r"flowchart TD",
    r"  accTitle: [^#;{}%<>\"`|\\\x00-\x1f]+",
    r'  subgraph p\d+\["LABEL"\]',
    r'    n\d+(\["LABEL"\]|\[\["LABEL"\]\])',
    r"    direction TB",
    r"  end",
    r'  n\d+ (-->|-\.->|==>)\|"LABEL"\| n\d+',
    rf'  click n\d+ href "{LINK}" _blank',
)
LABEL = r"(?:[A-Za-z0-9 .,=+_()/*\u00a1-\U0010ffff-]|#\d+;|<w?br>)*"
GRAMMAR = re.compile("|".join(f"(?:{line.replace('LABEL', LABEL)})" for line in MERMAID))


def check_mermaid(text: str, trace: Trace) -> None:
    lines = text.removesuffix("\n").split("\n")
    for line in lines:
        assert GRAMMAR.fullmatch(line), line
    labels = re.findall(r'^    n\d+\[+"(.*?)"\]+$', text, re.MULTILINE)
    decoded = [re.sub(r"#(\d+);", lambda m: chr(int(m[1])), label.replace("<wbr>", "")) for label in labels]
    wanted = [one_line(n.symbol.short) for lane in diagram(trace).lanes for n in lane.nodes]
    assert [d.split("<br>")[0] if "<" not in w else w for d, w in zip(decoded, wanted, strict=True)] == wanted
    # What Mermaid replaces once it has decoded a label.
    for word in ("\\n", "$$", "fa:fa-", "ﬂ°", "¶ß"):
        assert not [label for label in decoded_with_breaks(text) if word in label], word


def decoded_with_breaks(text: str) -> list[str]:
    return [re.sub(r"#(\d+);", lambda m: chr(int(m[1])), label) for label in re.findall(r'"(.*?)"', text)]


def dot_text(value: str) -> list[str]:
    """A quoted string of DOT as the lines that Graphviz draws."""
    assert value[0] == value[-1] == '"'
    lines, at = [""], 1
    while at < len(value) - 1:
        char = value[at]
        if char == "\\":
            at += 1
            if value[at] == "n":
                lines.append("")
                at += 1
                continue
            assert value[at] in '\\"', value
            char = value[at]
        lines[-1] += char
        at += 1
    return [html.unescape(line) for line in lines]


def check_dot(text: str, trace: Trace) -> None:
    made = pydot.graph_from_dot_data(text)
    assert made is not None
    (graph,) = made
    clusters = graph.get_subgraphs()
    nodes = {n.get_name(): n for c in clusters for n in c.get_nodes() if re.fullmatch(r"n\d+", n.get_name())}
    drawn = diagram(trace)
    assert set(nodes) == {n.ident for lane in drawn.lanes for n in lane.nodes}
    assert len(graph.get_edges()) == len(drawn.links)
    assert not graph.get_nodes() or {n.get_name() for n in graph.get_nodes()} <= {"node", "edge", "graph"}
    for lane in drawn.lanes:
        for node in lane.nodes:
            attributes = nodes[node.ident].get_attributes()
            assert set(attributes) <= {"label", "tooltip", "shape", "URL"}
            assert dot_text(attributes["label"])[0] == one_line(node.symbol.short)
            assert re.fullmatch(LINK, dot_text(attributes.get("URL", '"https://github.com/a"'))[0])
    for edge in graph.get_edges():
        assert set(edge.get_attributes()) <= {"label", "style", "tooltip", "URL"}
    if shutil.which("dot"):
        done = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        svg = ET.fromstring(done.stdout)
        assert {e.tag.rpartition("}")[2] for e in svg.iter()} <= {
            "svg",
            "g",
            "title",
            "polygon",
            "polyline",
            "path",
            "text",
            "a",
        }


def check_graphml(text: str, trace: Trace) -> None:
    ET.fromstring(text)
    graph = nx.parse_graphml(text, force_multigraph=True)
    drawn = diagram(trace)
    names = {n.ident: one_line(n.symbol.name) for lane in drawn.lanes for n in lane.nodes}
    assert {ident: data["name"] for ident, data in graph.nodes(data=True)} == names
    codes = {(x.source.ident, x.target.ident, x.ident): one_line(x.hop.code) for x in drawn.links}
    # An empty element reads back as no text.
    assert {(a, b, key): data.get("code") or "" for a, b, key, data in graph.edges(keys=True, data=True)} == codes


def check_sarif(text: str, trace: Trace) -> None:
    Sarif.model_validate_json(text)
    made = json.loads(text)
    (run,) = made["runs"]
    assert made["version"] == "2.1.0"
    bases = set(run["originalUriBaseIds"])
    assert sum(len(r.get("codeFlows", ())) for r in run["results"]) == len(trace.chains)
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert (result["kind"], result["level"]) in (("informational", "none"), ("open", "none"))
        for flow in result.get("codeFlows", ()):
            orders = sorted(step["executionOrder"] for t in flow["threadFlows"] for step in t["locations"])
            assert orders == list(range(len(orders)))
            assert all(t["locations"] for t in flow["threadFlows"])
            kinds = [step.get("kinds", []) for t in flow["threadFlows"] for step in t["locations"]]
            assert all(len(set(words)) == len(words) for words in kinds)
    for item in _objects(made):
        if "region" in item:
            assert item["artifactLocation"].get("uriBaseId") in bases | {None}
            assert re.fullmatch(r"[\w.~%/-]+", item["artifactLocation"]["uri"])
            assert not item["artifactLocation"]["uri"].startswith("/")
            assert item["region"]["startLine"] >= 1
            assert item["region"].get("startColumn", 1) >= 1
        if set(item) == {"text"} and "snippet" not in item:
            assert item["text"]
    for message in (o["message"]["text"] for o in _objects(made) if isinstance(o.get("message"), dict)):
        # 3.11.5: a brace that begins no placeholder is doubled; 3.11.6: no text is a link.
        assert not re.search(r"\{", message.replace("{{", "")), message
        assert not re.search(r"(?<!\\)\[[^\]]*\]\(", message), message


def check_codetour(text: str, trace: Trace) -> None:
    made = json.loads(text)
    assert isinstance(made["title"], str)
    assert len(made["steps"]) >= 1 + sum(len(c) for c in trace.chains)
    for step in made["steps"]:
        assert step.keys() <= {"file", "line", "title", "description", "contents"}
        assert "\n" not in step["title"]
        assert ".." not in step.get("file", "").split("/")
        assert not step.get("file", "").startswith("/")
        words = step["description"]
        # What the extension looks for before it reads Markdown: shell commands, references to tours, code fences.
        bare = re.sub(rf"\[The line on the web\]\({LINK}\)", "", words)
        assert not re.search(r"^>>|[\[\]]|```", bare, re.MULTILINE), bare
        page = Tags(MarkdownIt("commonmark", {"html": False}).render(words))
        assert {tag for tag, _ in page.found} <= {"p", "code", "a"}, page.found
        assert all(re.fullmatch(LINK, v) for _, attrs in page.found for _, v in attrs)
    assert squeezed(made["steps"][0]["title"]) == squeezed(one_line(trace.title) or f"What {leaf(trace.entry)} reaches")


CHECKS = {
    "json": check_json,
    "markdown": check_markdown,
    "html": check_html,
    "mermaid": check_mermaid,
    "dot": check_dot,
    "graphml": check_graphml,
    "sarif": check_sarif,
    "codetour": check_codetour,
}


def check_all(trace: Trace, source: bytes) -> None:
    assert set(CHECKS) == set(formats.FORMATS)
    for name, check in CHECKS.items():
        text = formats.render(trace, lambda repository, path: source, name)
        assert not CONTROL.search(text), name
        text.encode("utf-8")
        check(text, trace)


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(hostile.traces(), hostile.sources())
@example(TRACE, SHOP)
def test_hostile_text_stays_text(trace: Trace, source: bytes) -> None:
    check_all(trace, source)


@pytest.mark.parametrize("text", hostile.TEXTS)
def test_each_hostile_text_everywhere(text: str) -> None:
    def poison(value: Any) -> Any:
        if value is None or isinstance(value, (Enum, int)):
            return value
        if isinstance(value, str):
            return text
        if isinstance(value, tuple):
            return tuple(poison(item) for item in value)
        fields = {f.name: poison(getattr(value, f.name)) for f in dataclasses.fields(value)}
        if isinstance(value, Symbol):
            fields["name"] += "x"
            fields["called"] += "x"
        return dataclasses.replace(value, **fields)

    source = f"package p\n// {text}\nvar x = {text}\n".encode("utf-8", "surrogatepass") * 8
    check_all(poison(TRACE), source)
    # And with links, since these pins have an address.
    check_all(dataclasses.replace(poison(TRACE), pins=TRACE.pins), source)
