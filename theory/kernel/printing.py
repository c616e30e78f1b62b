"""Formulas as text, from the nodes alone: what a replayed derivation is about, in words that no document chooses.

Free variables keep their names; bound ones get letters that occur nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from theory.kernel.binding import opened
from theory.kernel.nodes import Node, binds, bound_sort, num, value_of, var

LETTERS = {"N": "ijlm", "vec": "xuvw", "mat": "XY", "fn": "gh"}
SUM, PRODUCT, UNARY, ATOM = range(4)  # how strongly words hold together: what holds less than its place asks for gets brackets
# The words of a head, how strongly they hold together, and what they ask of each argument.
NOTATIONS: dict[str, tuple[str, int, tuple[int, ...]]] = {
    "le": ("{} ≤ {}", SUM, (SUM, SUM)), "lt": ("{} < {}", SUM, (SUM, SUM)), "eq": ("{} = {}", SUM, (SUM, SUM)),
    "in": ("{} ∈ {}", SUM, (SUM, SUM)), "imp": ("{} ⇒ {}", SUM, (ATOM, ATOM)), "pi": ("π", ATOM, ()), "whole": ("{}", ATOM, (ATOM,)),
    "inv": ("1/{}", UNARY, (ATOM,)), "sqrt": ("√{}", ATOM, (ATOM,)), "pow": ("{}^{}", UNARY, (ATOM, ATOM)),
    "abs": ("|{}|", ATOM, (SUM,)), "norm": ("‖{}‖", ATOM, (SUM,)), "dot": ("⟨{}, {}⟩", ATOM, (SUM, SUM)),
    "ent": ("{}[{}]", ATOM, (ATOM, SUM)), "row": ("{}[{}]", ATOM, (ATOM, SUM)),
}
SIGNS = {"sum": "Σ", "expect": "E", "prob": "P", "lineint": "∫", "all": "∀", "ex": "∃", "tprod": "⊗", "lam": "λ"}
LONG = ("all", "ex", "lam")


def text(node: Node) -> str:
    """The node in the usual notation.

    >>> from theory.kernel.heads import forall, le, whole
    >>> from theory.kernel.nodes import R, var
    >>> t = var("t", R)
    >>> text(forall(le(0, t * t), (t, whole(R))))
    '∀t∈R: 0 ≤ t·t'
    """
    return _Printer({v.args[0] for v in node.free if v.head == "var"}).show(node, SUM)


def spelt(name: str) -> str:
    """The name of a free variable; one that is no word is quoted, so that a variable called 1 ≤ 0 does not read as a statement."""
    return name if name.replace("°", "").isidentifier() else f"‹{name!r}›"


class _Printer:
    def __init__(self, taken: set[str]) -> None:
        self.taken = taken

    def show(self, node: Node, place: int) -> str:
        words, strength = self.words(node)
        return f"({words})" if strength < place else words

    def words(self, node: Node) -> tuple[str, int]:
        if node.head in self.FORMS:
            return self.FORMS[node.head](self, node)
        if node.head in NOTATIONS:
            words, strength, places = NOTATIONS[node.head]
            return words.format(*map(self.show, node.args, places)), strength
        if binds(node):
            return self.binder(node), SUM
        if not node.args:
            return node.head, ATOM
        return f"{node.head}({', '.join(self.show(a, SUM) if isinstance(a, Node) else str(a) for a in node.args)})", ATOM

    def binder(self, node: Node) -> str:
        names, variables = [], []
        for domain in node.args[:-1]:
            sort = bound_sort(domain)
            name = self.fresh(LETTERS.get(sort.head, "tsr"))
            variables.append(var(name, sort))
            names.append(f"{name}∈{self.show(domain, SUM)}")
        body = self.show(opened(node.args[-1], tuple(variables)), SUM if node.head in LONG else PRODUCT)
        self.taken -= {v.args[0] for v in variables}
        sign, over = SIGNS.get(node.head, node.head), ", ".join(names)
        return f"{sign}{over}: {body}" if node.head in LONG else f"{sign}[{over}] {body}"

    def fresh(self, letters: str) -> str:
        name, count = letters[0], 0
        while name in self.taken:
            count += 1
            name = letters[count] if count < len(letters) else f"{letters[0]}{count}"
        self.taken.add(name)
        return name

    def number(self, node: Node) -> tuple[str, int]:
        value = value_of(node)
        return str(value), ATOM if value >= 0 and value.denominator == 1 else SUM

    def sum(self, node: Node) -> tuple[str, int]:
        words = self.show(node.args[0], SUM)
        for a in node.args[1:]:
            words += f" − {self.show(a.args[1], PRODUCT)}" if _is_negated(a) else f" + {self.show(a, SUM)}"
        return words, SUM

    def product(self, node: Node) -> tuple[str, int]:
        if _is_negated(node):
            return f"−{self.show(node.args[1], UNARY)}", SUM
        return "·".join(self.show(a, UNARY) for a in node.args), PRODUCT

    def connective(self, node: Node) -> tuple[str, int]:
        word, empty = {"and": (" and ", "true"), "or": (" or ", "false")}[node.head]
        return (word.join(self.show(a, ATOM) for a in node.args), SUM) if node.args else (empty, ATOM)

    def applied(self, node: Node) -> tuple[str, int]:
        return f"{self.show(node.args[0], ATOM)}({', '.join(self.show(a, SUM) for a in node.args[1:])})", ATOM

    FORMS: ClassVar[dict[str, Callable[[_Printer, Node], tuple[str, int]]]] = {
        "num": number, "var": lambda self, node: (spelt(node.args[0]), ATOM), "add": sum, "mul": product, "smul": product, "app": applied,
        "and": connective, "or": connective,
    }


def _is_negated(node: Node) -> bool:
    return node.head in ("mul", "smul") and len(node.args) == 2 and node.args[0] is num(-1)
