"""Text that tries to be more than text, and traces made of it."""

from __future__ import annotations

from hypothesis import strategies as st

from tracer.codes import Code, Ending, Exclusion, Message, Note, Rule
from tracer.model import Edge, EdgeKind, Evidence, Hop, Modifier, Pin, Position, RuledOut, Stop, Symbol, Trace

TEXTS = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='x",
    "</title></svg></style></pre></code></details><b>",
    "{{ 7*7 }}{% raw %}{# c #}",
    "[x](javascript:alert(1)) ![y](http://evil.example/p.png) <http://evil.example>",
    "javascript:alert(1)",
    "\u202e\u2066\x1b[31m\x00\x9f\u200f\ufeff\u2028\ud800\ufffe\U0001ffff\u3164",
    "\x1b]8;;http://evil.example\x1b\\x\x1b]8;;\x1b\\ \x9b2J \x07\r",
    "<!-- --><![CDATA[ ]]>&lt;&#x3c;&amp;",
    "`code` ``` ~~~ ````",
    "a\nb\r\n\n# heading\n- item\n> quote\n    code\n1. one\n>> rm -rf /\n",
    "| a | b |\n|---|---|",
    "*b* _i_ ~~s~~ $x$ $$y$$ @user #1 a:smile: \\n \\N \\",
    '"]; click n0 call alert() %% c',
    '\\" ]; evil [label="x',
    "#quot; #35; ﬂ°°34¶ß fa:fa-ban style x:#fff;",
    "{0} [link](1) {{1}}",
    "[#1] [tour] [a][b#2] (command:evil?[1])",
    "../../../etc/passwd",
    "//evil.example/x?a=b#c",
    "end",
    "容器 naïve e\u0301 \U0001f600",
    "-",
    "",
)
text = st.one_of(
    st.sampled_from(TEXTS),
    st.lists(st.one_of(st.sampled_from(TEXTS), st.text(max_size=6)), max_size=3).map("".join),
    st.text(st.characters(exclude_categories=()), max_size=20),
)
_name = text.map(lambda s: s + "x")
_repository = st.one_of(st.sampled_from(("shop", "bank")), _name)
positions = st.builds(Position, _repository, _name, st.integers(1, 40), st.integers(1, 60))
_maybe_position = st.one_of(st.none(), positions)


def _arguments(code: Code) -> st.SearchStrategy[tuple[str | Message, ...]]:
    """As many as a code has; some are messages themselves."""
    one = st.one_of(text, st.builds(lambda inside: Message(Note.NAMED, (inside,)), text))
    return st.tuples(*(one for _ in code.parameters))


@st.composite
def said(draw: st.DrawFn, of: type[Code]) -> tuple[Code, tuple[str | Message, ...]]:
    """A code with arguments."""
    code = draw(st.sampled_from(list(of)))
    return code, draw(_arguments(code))


evidence = st.builds(lambda coded, at: Evidence(*coded, at), said(Note), _maybe_position)
symbols = st.builds(
    Symbol,
    name=_name,
    kind=st.one_of(st.sampled_from(("method", "func", "const", "var")), text),
    position=_maybe_position,
    program=st.one_of(st.sampled_from(("shop:cmd/till", "bank:cmd/bankd", "")), text),
    signature=text,
    value=st.one_of(st.none(), text),
)
edges = st.builds(
    Edge,
    caller=_name,
    callee=_name,
    site=positions,
    kind=st.sampled_from(EdgeKind),
    rule=st.sampled_from(Rule),
    modifiers=st.lists(st.sampled_from(Modifier), max_size=2).map(tuple),
    evidence=st.lists(evidence, max_size=2).map(tuple),
    ruled_out=st.lists(
        st.builds(lambda name, coded, at: RuledOut(name, *coded, at), _name, said(Exclusion), _maybe_position),
        max_size=2,
    ).map(tuple),
    wire=st.one_of(st.just(""), text),
)


@st.composite
def chains(draw: st.DrawFn, entry: Symbol) -> tuple[Hop, ...]:
    """Hops from ``entry``, each from where the last one ended."""
    hops: list[Hop] = []
    for edge in draw(st.lists(edges, min_size=1, max_size=3)):
        source = hops[-1].target if hops else entry
        notes = tuple(draw(st.lists(evidence, max_size=1)))
        hops.append(Hop(edge, source, draw(symbols), draw(text), notes))
    return tuple(hops)


@st.composite
def traces(draw: st.DrawFn) -> Trace:
    """Traces in which every text is hostile."""
    entry = draw(symbols)
    found = tuple(draw(st.lists(chains(entry), max_size=2)))
    ends = [chain[-1].target for chain in found]
    targets = draw(st.sampled_from([(), tuple(ends), (*ends, draw(symbols))]))
    urls = ("https://github.com/example/shop", "https://gitlab.com/example/bank.git", "")
    url = st.one_of(st.sampled_from(urls), text)
    commit = st.one_of(st.just("1" * 40), text)
    pins = tuple(Pin(name, draw(url), draw(commit)) for name in ("shop", "bank", draw(_name)))
    toward = st.sampled_from(["", *(t.name for t in targets)])
    ends_at = st.builds(
        lambda s, at, coded, to: Stop(s, at, *coded, to), symbols, _maybe_position, said(Ending), toward
    )
    stops = tuple(draw(st.lists(ends_at, max_size=2)))
    questions = tuple(draw(st.lists(st.tuples(text, text), max_size=1)))
    reached = bool(found) and len(targets) <= len(found)
    return Trace(
        draw(text), entry, targets, reached, found, stops, pins, draw(st.integers(0, 9999)), questions, draw(text)
    )


@st.composite
def sources(draw: st.DrawFn) -> bytes:
    """A file of hostile lines."""
    lines = draw(st.lists(st.one_of(text, st.just("x := f(y) // z")), max_size=30))
    return "\n".join(lines).encode("utf-8", "surrogatepass")
