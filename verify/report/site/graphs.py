"""Graphs as inline SVG, laid out in layers from what is used on the left to what uses it on the right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

import igraph
from markupsafe import Markup

ROW, GAP, HEIGHT = 26, 70, 20           # pixels: between rows, between columns, of a box
LETTER, PADDING = 6.6, 12               # width of a letter at 11 pixels, and of the margin of a box and its flag
LONGEST = 38                            # letters of a label


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
    drawn = igraph.Graph(n=len(nodes), edges=pairs, directed=True)
    layout = drawn.layout_sugiyama(layers=_layers(drawn), maxiter=300)
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


def _layers(graph: igraph.Graph) -> list[int]:
    """Each node one layer after the last that it uses.

    Without layers igraph solves an integer program for them, with which long processes have crashed.
    """
    layers = [0] * graph.vcount()
    for number in graph.topological_sorting():
        layers[number] = max((layers[before] + 1 for before in graph.predecessors(number)), default=0)
    return layers


def _label(node: Node) -> str:
    label = node.label if len(node.label) <= LONGEST else f"{node.label[:LONGEST - 1]}…"
    return f"⚑ {label}" if node.remark else label


def _width(node: Node) -> float:
    return len(_label(node)) * LETTER + PADDING
