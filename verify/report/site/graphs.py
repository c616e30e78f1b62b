"""Graphs as inline SVG, laid out in layers from what is used on the left to what uses it on the right."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from html import escape
from statistics import fmean

from markupsafe import Markup

ROW, GAP, HEIGHT = 26, 70, 20           # pixels: between rows, between columns, of a box
LETTER, PADDING = 6.6, 12               # width of a letter at 11 pixels, and of the margin of a box and its flag
LONGEST = 38                            # letters of a label
SWEEPS = 8                              # of the order in layers; later ones change little


@dataclass(frozen=True)
class Node:
    """A box: its id, label, link and kind; ``remark`` flags it, as in "unused"."""

    id: str
    label: str
    link: str
    kind: str
    remark: str = ""


def slug(id: str) -> str:
    """An id as the name of a file and of a place on a page.

    >>> slug("bln.thm5.sharp"), slug("no bias")
    ('bln.thm5.sharp', 'no-20-bias')
    """
    return re.sub(r"[^\w.-]", lambda match: f"-{ord(match[0]):x}-", id)


def graph_svg(nodes: Sequence[Node], edges: Iterable[tuple[str, str]], title: str, prefix: str = "n-") -> Markup:
    """The graph of edges (used, user) between nodes; every box is a link and has the id ``prefix`` + its own, an address on the page.

    >>> found = graph_svg([Node("a", "a", "#a", "cited"), Node("b", "b", "#b", "proved")], [("a", "b")], "two")
    >>> found.count("<a "), found.count("<path ")
    (2, 1)
    """
    place = {node.id: number for number, node in enumerate(nodes)}
    pairs = sorted({(place[used], place[user]) for used, user in edges if used in place and user in place})
    layout = _layout(len(nodes), pairs)
    boxes = {number: _width(node) for number, node in enumerate(nodes)}
    column = max(boxes.values(), default=0.0) + GAP
    # rows of the layout are columns here; what has no edge stands below, in as many columns as there are
    joined = {number for pair in pairs for number in pair}
    at = {number: (layout[number][1] * column, layout[number][0] * ROW) for number in joined}
    low = max((y for _, y in at.values()), default=-2 * ROW)
    columns = max(2, 1 + round(max((x for x, _ in at.values()), default=0) / column))
    for spot, number in enumerate(n for n in range(len(nodes)) if n not in joined):
        at[number] = (spot % columns * column, low + 2 * ROW + spot // columns * ROW)
    least = min((y for _, y in at.values()), default=0.0)
    at = {number: (x + PADDING, y - least + PADDING) for number, (x, y) in at.items()}
    width = max((x for x, _ in at.values()), default=0) + column
    height = max((y for _, y in at.values()), default=0) + HEIGHT + PADDING
    parts = [f'<svg class="graph" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" role="group" '
             f'aria-label="{escape(title)}"><title>{escape(title)}</title>']
    for used, user in pairs:
        (x, y), (u, v) = at[used], at[user]
        x, y, v = x + boxes[used], y + HEIGHT / 2, v + HEIGHT / 2
        bend = max(30.0, (u - x) / 2)
        parts.append(f'<path class="edge" data-from="{escape(nodes[used].id)}" data-to="{escape(nodes[user].id)}" '
                     f'd="M{x:.0f} {y:.0f}C{x + bend:.0f} {y:.0f} {u - bend:.0f} {v:.0f} {u:.0f} {v:.0f}"/>')
    for number, node in enumerate(nodes):
        x, y = at[number]
        words = f"{node.label}, {node.kind}" + (f", {node.remark}" if node.remark else "")
        parts.append(f'<a id="{escape(prefix + slug(node.id))}" data-id="{escape(node.id)}" href="{escape(node.link)}" '
                     f'class="node {node.kind}{" flagged" if node.remark else ""}" aria-label="{escape(words)}">'
                     f'<title>{escape(words)}</title><rect x="{x:.0f}" y="{y:.0f}" width="{boxes[number]:.0f}" height="{HEIGHT}" rx="4"/>'
                     f'<text x="{x + PADDING / 2:.0f}" y="{y + 14:.0f}">{escape(_label(node))}</text></a>')
    return Markup("".join(parts) + "</svg>")


def _layout(count: int, pairs: Sequence[tuple[int, int]]) -> list[tuple[float, int]]:
    """The place of each node in its layer, about 0, and the layer: one after the last node that it uses.

    Sugiyama's method: sweeps to and fro, in which a layer is ordered by the mean places of neighbours.

    >>> _layout(4, [(0, 3), (1, 2)])
    [(-0.5, 0), (0.5, 0), (0.5, 1), (-0.5, 1)]
    """
    uses: dict[int, list[int]] = {number: [] for number in range(count)}
    users: dict[int, list[int]] = {number: [] for number in range(count)}
    for used, user in pairs:
        uses[user].append(used)
        users[used].append(user)
    layer_of, layers, place = [0] * count, defaultdict[int, list[int]](list), [0.0] * count
    for number in TopologicalSorter(uses).static_order():
        layer_of[number] = max((layer_of[used] + 1 for used in uses[number]), default=0)
    for number, layer in enumerate(layer_of):
        place[number] = float(len(layers[layer]))
        layers[layer].append(number)
    for sweep in range(SWEEPS):
        near = users if sweep % 2 else uses
        for layer in sorted(layers, reverse=bool(sweep % 2)):
            mean = {n: fmean(place[other] for other in near[n]) if near[n] else place[n] for n in layers[layer]}
            layers[layer].sort(key=mean.__getitem__)
            for spot, number in enumerate(layers[layer]):
                place[number] = spot - (len(layers[layer]) - 1) / 2
    return list(zip(place, layer_of, strict=True))


def _label(node: Node) -> str:
    label = node.label if len(node.label) <= LONGEST else f"{node.label[:LONGEST - 1]}…"
    return f"⚑ {label}" if node.remark else label


def _width(node: Node) -> float:
    return len(_label(node)) * LETTER + PADDING
