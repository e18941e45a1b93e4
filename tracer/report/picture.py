"""The chain as a drawing: a lane per program, hops from top to bottom. Geometry only; the template makes the SVG."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tracer.model import EdgeKind, Hop, ProgramName, Symbol
from tracer.report.language import Language, noted
from tracer.report.text import clip, one_line, wrap
from tracer.report.words import kind_words, leaf, program_name, qualifier

WIDE = 960
NARROW = 340
_LANE = 296
"""The least room of a lane beside others: more than three make the wide drawing wider than ``WIDE``."""
_MAX_WIDE_LANES = 5
_GAP = 36
_NAME, _SMALL = 9.2, 7.4
"""The width of a character of the two sizes of text (15 and 12 units, monospaced), with room to spare."""
_HEADER = 58
_RAIL = 26
"""Room above the lanes, or beside them where they are stacked, for a way past those of other branches."""
_THICK = (EdgeKind.RPC, EdgeKind.EXEC)


@dataclass(frozen=True, slots=True)
class Panel:
    """A lane, or in the narrow drawing a part of one, with its heading."""

    x: int
    y: int
    width: int
    height: int
    repository: str
    package: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A symbol of the chain; ``anchor`` is the card that it leads to, ``box`` the width of its text."""

    x: int
    y: int
    anchor: str
    role: str
    name: str
    lines: tuple[str, ...]
    full: str
    box: int


@dataclass(frozen=True, slots=True)
class Line:
    """A hop between two dots, with its kind in words and, over a wire, the full method."""

    path: str
    css: str
    anchor: str
    number: int
    x: int
    label_y: int
    label: str
    wire_y: int
    wire: tuple[str, ...]
    full: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing and its description in words; ``lanes`` stand side by side, and decide what window it needs."""

    anchor: str
    lanes: int
    width: int
    height: int
    title: str
    description: str
    panels: tuple[Panel, ...]
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class _Stage:
    """What is drawn and how much room a lane has."""

    hops: Sequence[Hop]
    symbols: Sequence[Symbol]
    prefix: str
    room: int
    language: Language

    def lane(self, index: int) -> str:
        return program_name(self.symbols[index])

    def crosses(self, index: int) -> bool:
        """Whether the hop into the symbol ``index`` enters another program."""
        return index > 0 and self.lane(index) != self.lane(index - 1)

    def role(self, index: int) -> str:
        if index == 0:
            return "entry"
        if index < len(self.hops):
            return "step"
        return "value" if self.hops[-1].edge.kind is EdgeKind.READ else "end"

    def fit(self, size: float) -> int:
        return int((self.room - 62) / size)

    def lines(self, index: int) -> tuple[str, ...]:
        """What stands under a symbol's name: its package and receiver, or its value; and its place."""
        symbol, width = self.symbols[index], self.fit(_SMALL)
        place = ""
        if symbol.position is not None:
            place = one_line(f"{symbol.position.path.rpartition('/')[2]}:{symbol.position.line}")
        owner = qualifier(symbol) if symbol.value is None else one_line(f"= {symbol.value}")
        both = tuple(text for text in (owner, place) if text)
        joined = " · ".join(both)
        return (joined,) if len(joined) <= width and joined else tuple(clip(text, width) for text in both)

    def wire(self, hop: Hop) -> tuple[str, ...]:
        return wrap(one_line(hop.edge.wire), self.fit(_SMALL)) if hop.edge.wire else ()


def draw(hops: Sequence[Hop], prefix: str, language: Language) -> tuple[Picture | None, Picture | None]:
    """The wide drawing (none when the lanes are too many to stand side by side) and the narrow one."""
    if not hops:
        return None, None
    symbols = [hops[0].source, *(hop.target for hop in hops)]
    lanes = list(dict.fromkeys(program_name(s) for s in symbols))
    narrow = _narrow(_Stage(hops, symbols, prefix, NARROW, language))
    if len(lanes) > _MAX_WIDE_LANES:
        return None, narrow
    width = max(WIDE, len(lanes) * (_LANE + _GAP) - _GAP) if len(lanes) > 1 else 640
    room = (width - _GAP * (len(lanes) - 1)) // len(lanes)
    return _wide(_Stage(hops, symbols, prefix, room, language), lanes, width), narrow


def draw_together(
    chains: Sequence[Sequence[Hop]], prefixes: Sequence[str], language: Language
) -> tuple[Picture | None, Picture | None]:
    """Branches as one drawing, wide and narrow: chains that start alike and part at one call into several programs.

    There is none of chains that part otherwise, or that come back to a program: those are drawn one by one.
    """
    shared = _shared(chains)
    if len(chains) < 2 or not all(len(hops) > shared for hops in chains):
        return None, None
    if len({hops[shared].edge.site for hops in chains}) > 1:
        return None, None
    programs = [[program_name(hops[0].source), *(program_name(hop.target) for hop in hops)] for hops in chains]
    parts = [programs[0][: shared + 1], *(names[shared + 1 :] for names in programs)]
    lanes = [name for part in parts for name, _ in itertools.groupby(part)]
    if len(set(lanes)) < len(lanes):
        return None, None

    def stages(room: int) -> list[_Stage]:
        return [
            _Stage(hops, [hops[0].source, *(hop.target for hop in hops)], prefix, room, language)
            for hops, prefix in zip(chains, prefixes, strict=True)
        ]

    narrow = _stacked(stages(NARROW - _RAIL), shared)
    if len(lanes) > _MAX_WIDE_LANES:
        return None, narrow
    width = max(WIDE, len(lanes) * (_LANE + _GAP) - _GAP)
    return _side_by_side(stages((width - _GAP * (len(lanes) - 1)) // len(lanes)), shared, lanes, width), narrow


def _shared(chains: Sequence[Sequence[Hop]]) -> int:
    """With how many of the same hops all chains begin."""
    steps = ([(hop.edge.site, hop.target.name, hop.target.program) for hop in hops] for hops in chains)
    return sum(1 for _ in itertools.takewhile(lambda level: len(set(level)) == 1, zip(*steps, strict=False)))


def _side_by_side(stages: Sequence[_Stage], shared: int, lanes: Sequence[str], width: int) -> Picture:
    """Every lane begins at the top; the ways to further branches go over the lanes of those before."""
    head = _RAIL * (len(stages) - 1)
    lefts = {lane: i * (stages[0].room + _GAP) for i, lane in enumerate(lanes)}
    drawn: list[_Drawn] = []
    height = 0
    for number, stage in enumerate(stages):
        places, bottom = _columns(stage, lefts, head + _HEADER + 30)
        height = max(height, bottom)
        drawn.append(_branch(stage, places, shared if number else 0))
        if number:
            a, b = places[shared], places[shared + 1]
            out, into = lefts[stage.lane(shared)] + stage.room + _GAP // 2, b[0] - 26 - _GAP // 2
            turn, rail = a[1] + 38 + 16 * len(stage.lines(shared)), head - _RAIL * number + 8
            path = _bent((a, (a[0], turn), (out, turn), (out, rail), (into, rail), (into, b[1]), (b[0] - 11, b[1])))
            drawn[-1] = drawn[-1].by(path)
    panels = tuple(
        Panel(lefts[lane], head, stages[0].room, height - head, *_heading(lane, stages[0])) for lane in lanes
    )
    return _together(stages, "wide", len(lanes), (width, height), panels, drawn)


def _stacked(stages: Sequence[_Stage], shared: int) -> Picture:
    """One lane below the other; the ways to further branches are one beside them, which forks."""
    drawn: list[_Drawn] = []
    panels: list[Panel] = []
    trunk: list[tuple[int, int]] = []
    height = 0
    for number, stage in enumerate(stages):
        first = shared + 1 if number else 0
        found, places, height = _pile(stage, _RAIL, height + 44 if number else 0, first)
        panels += found
        trunk = trunk or places[: shared + 1]
        drawn.append(_branch(stage, [*trunk, *places] if number else places, shared if number else 0))
        if number:
            a, b, rail = trunk[-1], places[0], _RAIL - 16
            drawn[-1] = drawn[-1].by(_bent((a, (rail, a[1]), (rail, b[1]), (b[0] - 11, b[1]))))
    return _together(stages, "narrow", 1, (NARROW, height), tuple(panels), drawn)


@dataclass(frozen=True, slots=True)
class _Drawn:
    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]

    def by(self, path: str) -> _Drawn:
        """The same with its first hop on another way; what it is stands at the branch before already."""
        return replace(self, lines=(replace(self.lines[0], path=path, label="", wire=()), *self.lines[1:]))


def _branch(stage: _Stage, places: Sequence[tuple[int, int]], after: int) -> _Drawn:
    """What is drawn of a chain, but for its first hops that another one has shown."""
    dots = [_dot(stage, i, place) for i, place in enumerate(places)]
    lines = tuple(_line(stage, i, dots[i - 1], dots[i]) for i in range(after + 1, len(dots)))
    return _Drawn(tuple(dots[after + 1 if after else 0 :]), lines)


def _bent(points: Sequence[tuple[int, int]]) -> str:
    """A way with round corners along points that are beside or above each other."""
    out = [f"M{points[0][0]} {points[0][1]}"]
    for (ax, ay), (x, y), (bx, by) in zip(points, points[1:], points[2:], strict=False):
        before = f"{x - 10 * _sign(x - ax)} {y - 10 * _sign(y - ay)}"
        after = f"{x + 10 * _sign(bx - x)} {y + 10 * _sign(by - y)}"
        out.append(f"L{before}Q{x} {y} {after}")
    return "".join(out) + f"L{points[-1][0]} {points[-1][1]}"


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _together(
    stages: Sequence[_Stage],
    name: str,
    lanes: int,
    size: tuple[int, int],
    panels: tuple[Panel, ...],
    drawn: Sequence[_Drawn],
) -> Picture:
    say, ends = stages[0].language, [leaf(stage.symbols[-1]) for stage in stages]
    title = say.text(noted("The chains from {a} to {b}")).replace("{a}", leaf(stages[0].symbols[0]))
    title = title.replace("{b}", ", ".join(ends))
    description = " ".join(_describe(stage) for stage in stages)
    lines = tuple(line for one in drawn for line in one.lines)
    dots = tuple(dot for one in drawn for dot in one.dots)
    return Picture(f"together-{name}", lanes, *size, title, description, panels, lines, dots)


def _columns(stage: _Stage, lefts: Mapping[str, int], top: int) -> tuple[list[tuple[int, int]], int]:
    """The places of a chain's symbols where each lane begins at the top, and where the longest one ends."""
    places: list[tuple[int, int]] = []
    y, bottom = top, 0
    for i in range(len(stage.symbols)):
        if stage.crosses(i):
            bottom = max(bottom, y + _pitch(stage, i) + 14 + 16 * len(stage.wire(stage.hops[i - 1])))
            y = top
        elif i:
            y += _pitch(stage, i)
        places.append((lefts[stage.lane(i)] + 26, y))
    return places, max(bottom, y + _foot(stage))


def _wide(stage: _Stage, lanes: Sequence[str], width: int) -> Picture:
    lefts = {lane: i * (stage.room + _GAP) for i, lane in enumerate(lanes)}
    places: list[tuple[int, int]] = []
    top = y = _HEADER + 30
    height = 0
    # Where every program is entered once, each lane begins at the top; else a hop never stands above the one before.
    once = sum(stage.crosses(i) for i in range(len(stage.symbols))) == len(lanes) - 1
    for i in range(len(stage.symbols)):
        if stage.crosses(i):
            under = 26 + 16 * len(stage.wire(stage.hops[i - 1]))
            height = max(height, y + _pitch(stage, i) + under - 12)
            y = top if once else y + _pitch(stage, i) + under
        elif i:
            y += _pitch(stage, i)
        places.append((lefts[stage.lane(i)] + 26, y))
    height = max(height, y + _foot(stage))
    panels = tuple(Panel(lefts[lane], 0, stage.room, height, *_heading(lane, stage)) for lane in lanes)
    return _picture(stage, "wide", len(lanes), (width, height), panels, places)


def _narrow(stage: _Stage) -> Picture:
    panels, places, height = _pile(stage, 0, 0, 0)
    return _picture(stage, "narrow", 1, (NARROW, height), tuple(panels), places)


def _pile(stage: _Stage, left: int, top: int, first: int) -> tuple[list[Panel], list[tuple[int, int]], int]:
    """Lanes one below the other from ``top``, with the places of the symbols from ``first``; and where they end."""
    panels: list[Panel] = []
    places: list[tuple[int, int]] = []
    y = top + _HEADER + 30
    for i in range(first, len(stage.symbols)):
        if stage.crosses(i) and i > first:
            bottom = y + 16 + 16 * len(stage.lines(i - 1))
            panels.append(Panel(left, top, NARROW - left, bottom - top, *_heading(stage.lane(i - 1), stage)))
            top = bottom + 44 + 16 * len(stage.wire(stage.hops[i - 1]))
            y = top + _HEADER + 30
        elif i > first:
            y += _pitch(stage, i)
        places.append((left + 26, y))
    height = y + _foot(stage)
    panels.append(Panel(left, top, NARROW - left, height - top, *_heading(stage.lane(-1), stage)))
    return panels, places, height


def _pitch(stage: _Stage, index: int) -> int:
    """From one dot down to the dot ``index``."""
    return 46 + 16 * len(stage.lines(index - 1)) + (12 if stage.role(index) == "value" else 0)


def _foot(stage: _Stage) -> int:
    return 38 + 16 * len(stage.lines(len(stage.symbols) - 1))


def _heading(program: str, stage: _Stage) -> tuple[str, str]:
    name = ProgramName.parse(program)
    return clip(name.repository, stage.fit(_NAME)), clip(name.directory, stage.fit(_SMALL))


def _picture(
    stage: _Stage,
    name: str,
    lanes: int,
    size: tuple[int, int],
    panels: tuple[Panel, ...],
    places: Sequence[tuple[int, int]],
) -> Picture:
    dots = tuple(_dot(stage, i, place) for i, place in enumerate(places))
    lines = tuple(_line(stage, i, dots[i - 1], dots[i]) for i in range(1, len(dots)))
    title = stage.language.text("The chain from {a} to {b}")
    title = title.replace("{a}", leaf(stage.symbols[0])).replace("{b}", leaf(stage.symbols[-1]))
    return Picture(f"{stage.prefix}{name}", lanes, *size, title, _describe(stage), panels, lines, dots)


def _dot(stage: _Stage, index: int, at: tuple[int, int]) -> Dot:
    symbol, lines = stage.symbols[index], stage.lines(index)
    name = clip(leaf(symbol), stage.fit(_NAME))
    value = f" = {symbol.value}" if symbol.value is not None else ""
    widths = [len(name) * _NAME, *(len(line) * _SMALL for line in lines)]
    box = min(int(max(widths)) + 20, stage.room - 46)
    anchor = f"{stage.prefix}hop-{min(index + 1, len(stage.hops))}"
    return Dot(*at, anchor, stage.role(index), name, lines, one_line(symbol.name + value), box)


def _line(stage: _Stage, index: int, a: Dot, b: Dot) -> Line:
    hop = stage.hops[index - 1]
    kind = hop.edge.kind
    words = ", ".join((kind_words(kind, stage.language), *(m.value for m in hop.edge.modifiers)))
    full = f"{index}. {leaf(hop.source)} → {leaf(hop.target)}, {words}"
    css = f"{kind.value} thick" if kind in _THICK else kind.value
    stop = b.y - 11
    if a.x == b.x:
        path = f"M{a.x} {a.y}V{stop}"
        label_y = a.y + 36 + 16 * len(a.lines) if stage.crosses(index) else b.y - (33 if b.role == "value" else 21)
        wire_y = label_y + 18
    elif b.y <= a.y:
        turn, gap = a.y + 38 + 16 * len(a.lines), b.x - 26 - _GAP // 2
        path = (
            f"M{a.x} {a.y}V{turn - 10}Q{a.x} {turn} {a.x + 10} {turn}H{gap - 10}Q{gap} {turn} {gap} {turn - 10}"
            f"V{b.y + 10}Q{gap} {b.y} {gap + 10} {b.y}H{b.x - 11}"
        )
        label_y, wire_y = turn - 9, turn + 20
    else:
        turn = a.y + 38 + 16 * len(a.lines)
        bend = 10 if b.x > a.x else -10
        path = (
            f"M{a.x} {a.y}V{turn - 10}Q{a.x} {turn} {a.x + bend} {turn}"
            f"H{b.x - bend}Q{b.x} {turn} {b.x} {turn + 10}V{stop}"
        )
        label_y, wire_y = turn - 9, turn + 20
    anchor = f"{stage.prefix}hop-{index}"
    return Line(path, css, anchor, index, a.x + 20, label_y, words, wire_y, stage.wire(hop), full)


def _describe(stage: _Stage) -> str:
    parts = [
        f"{i}. {leaf(h.source)}, {kind_words(h.edge.kind, stage.language)}, {leaf(h.target)}"
        for i, h in enumerate(stage.hops, 1)
    ]
    lanes = dict.fromkeys(program_name(s) for s in stage.symbols)
    return f"{', '.join(lanes)}. {'; '.join(parts)}."
