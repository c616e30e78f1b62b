"""Formulas as text, from the nodes alone: what a replayed derivation is about, in words that no document chooses.

Free variables keep their names; bound ones get letters that occur nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from theory.kernel.binding import opened
from theory.kernel.nodes import Node, binds, bound_sort, value_of, var

LETTERS = {"N": "ijlm", "vec": "xuvw", "mat": "XY", "fn": "gh"}
RELATIONS = {"le": "≤", "lt": "<", "eq": "=", "in": "∈"}
SUM, PRODUCT, UNARY, ATOM = range(4)
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
        if binds(node):
            return self.binder(node), SUM
        if node.head in RELATIONS:
            left, right = (self.show(a, SUM) for a in node.args)
            return f"{left} {RELATIONS[node.head]} {right}", SUM
        if not node.args:
            return {"pi": "π"}.get(node.head, node.head), ATOM
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
            negative = a.head in ("mul", "smul") and a.args[0].head == "num" and a.args[0].args == (-1, 1) and len(a.args) == 2
            words += f" − {self.show(a.args[1], PRODUCT)}" if negative else f" + {self.show(a, SUM)}"
        return words, SUM

    def product(self, node: Node) -> tuple[str, int]:
        if len(node.args) == 2 and node.args[0].head == "num" and node.args[0].args == (-1, 1):
            return f"−{self.show(node.args[1], UNARY)}", SUM
        return "·".join(self.show(a, UNARY) for a in node.args), PRODUCT

    def connective(self, node: Node) -> tuple[str, int]:
        word = {"and": " and ", "or": " or ", "imp": " ⇒ "}[node.head]
        if not node.args:
            return {"and": "true", "or": "false"}[node.head], ATOM
        return word.join(self.show(a, ATOM) for a in node.args), SUM

    def applied(self, node: Node) -> tuple[str, int]:
        return f"{self.show(node.args[0], ATOM)}({', '.join(self.show(a, SUM) for a in node.args[1:])})", ATOM

    FORMS: ClassVar[dict[str, Callable[[_Printer, Node], tuple[str, int]]]] = {
        "num": number, "var": lambda self, node: (spelt(node.args[0]), ATOM), "add": sum, "mul": product, "smul": product, "app": applied,
        "and": connective, "or": connective, "imp": connective, "whole": lambda self, node: (self.show(node.args[0], ATOM), ATOM),
        "inv": lambda self, node: (f"1/{self.show(node.args[0], ATOM)}", UNARY), "ent": lambda self, node: self.indexed(node),
        "abs": lambda self, node: (f"|{self.show(node.args[0], SUM)}|", ATOM),
        "norm": lambda self, node: (f"‖{self.show(node.args[0], SUM)}‖", ATOM),
        "dot": lambda self, node: (f"⟨{self.show(node.args[0], SUM)}, {self.show(node.args[1], SUM)}⟩", ATOM),
        "row": lambda self, node: self.indexed(node), "sqrt": lambda self, node: (f"√{self.show(node.args[0], ATOM)}", ATOM),
        "pow": lambda self, node: (f"{self.show(node.args[0], ATOM)}^{self.show(node.args[1], ATOM)}", UNARY),
    }

    def indexed(self, node: Node) -> tuple[str, int]:
        return f"{self.show(node.args[0], ATOM)}[{self.show(node.args[1], SUM)}]", ATOM
