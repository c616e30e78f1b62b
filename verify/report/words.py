"""Words and numbers that the terminal, the page and the JSON share."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from theory.claim import Chance, Claim, NormDomain
from theory.source import PAPERS, Source
from theory.terms.printing.text import text
from theory.verdict import Status
from verify.ledger.entries import Entry
from verify.trials.mutation import MutationReport
from verify.trials.trial import FactTest

STYLES = {
    Status.REFUTED: "bold red", Status.FAILED: "bold red", Status.UNKNOWN: "bold yellow", Status.OPEN: "bold cyan",
    Status.TESTED: "yellow", Status.CERTIFIED: "green", Status.PROVED_MODULO: "bold green", Status.PROVED: "bold green",
}
DOMAINS = {
    NormDomain.GLOBAL: "Lip on R^d", NormDomain.BALL: "Lip on the unit ball", NormDomain.SPHERE: "Lip on the sphere",
    NormDomain.PROXY: "proxy of Lip", NormDomain.DATA: "data alone",
}
BOUND_DOMAINS = {
    "any": "every set with the data in it", "global": "R^d", "sphere": "the unit sphere", "ball": "the ball through the data",
}

CONSTRUCTION_DOMAINS = {**BOUND_DOMAINS, "ball": "the unit ball"}


def number(value: float) -> str:
    """A number in four significant digits, without a trail of zeros.

    >>> number(0.00031), number(3.0), number(-1.23456), number(float("inf"))
    ('0.00031', '3', '−1.235', '∞')
    """
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.4g}".replace("-", "−")


def margin(value: float) -> str:
    """A margin; one that is 0 up to the rounding of both sides is called so, whatever its sign.

    >>> margin(-1.6e-13), margin(0.25)
    ('0 (to rounding)', '0.25')
    """
    # a fact counts as violated only beyond its tracked rounding errors, so a smaller negative margin is one of these;
    # 1e-9 is far above them and far below any margin a reader would care to tell from equality
    return "0 (to rounding)" if abs(value) < 1e-9 else number(value)


# Numbers with more places before or after the point are written with an exponent.
_PLACES = 20


def at_least(value: Fraction | int, digits: int = 6) -> str:
    """A certified lower bound in decimals, rounded down so that what is printed is still proved.

    >>> at_least(Fraction(2, 3), 3), at_least(Fraction(12345678, 10)), at_least(Fraction(2))
    ('0.666', '1234560', '2')
    >>> at_least(Fraction(2, 3 * 10**40)), at_least(Fraction(10**60))
    ('6.66666e-41', '1e60')
    """
    value = Fraction(value)
    if value <= 0:
        return "0" if value == 0 else str(float(value))
    places = digits - 1 - _exponent(value)
    scaled = Fraction(10) ** places
    whole = math.floor(value * scaled)
    if abs(places) > _PLACES:
        first, *rest = f"{whole}".rstrip("0")
        return f"{first}{'.' if rest else ''}{''.join(rest)}e{len(str(whole)) - 1 - places}"
    floor = whole / scaled
    shown = f"{Decimal(floor.numerator) / Decimal(floor.denominator):f}"   # exact: at most `digits` decimal digits
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def at_most(value: Fraction, digits: int = 6) -> str:
    """A certified upper bound ≥ 0 in decimals, rounded up so that what is printed is still proved.

    >>> at_most(Fraction(2, 3), 3), at_most(Fraction(12345678, 10)), at_most(Fraction(2))
    ('0.667', '1234570', '2')
    """
    if value == 0:
        return "0"
    unit = Fraction(10) ** (_exponent(value) + 1 - digits)
    return at_least(math.ceil(value / unit) * unit, digits + 1)


def _exponent(value: Fraction) -> int:
    """⌊log₁₀ value⌋ for a value > 0 of any size; off by one at a power of ten, which costs one digit more or less.

    >>> _exponent(Fraction(1, 2)), _exponent(Fraction(3) * 10**500)
    (-1, 500)
    """
    return math.floor(math.log10(value.numerator) - math.log10(value.denominator))


def proved_words(lower: str | None, upper: str, domain: str) -> str:
    """What a certificate about one network proves, both numbers rounded outwards.

    >>> proved_words(None, "7/3", "global"), proved_words("7/3", "7/3", "box")
    ('Lip ≤ 2.33334 on R^d', '2.33333 ≤ Lip ≤ 2.33334 on its box')
    """
    below = "" if lower in (None, "0") else f"{at_least(Fraction(lower))} ≤ "
    where = {"global": "R^d", "sphere": "its sphere (chords)", "sphere-geodesic": "its sphere (arcs)"}.get(domain, f"its {domain}")
    return f"{below}Lip ≤ {at_most(Fraction(upper))} on {where}"


def count(amount: int, noun: str) -> str:
    """An amount with its noun.

    >>> count(1, "instance"), count(1200, "instance")
    ('1 instance', '1,200 instances')
    """
    return f"{amount:,} {noun}{'' if amount == 1 else 's'}"


def rests_on(entry: Entry) -> list[str]:
    """Textbook lemmas that the claim's best proof assumes, by id."""
    return sorted(entry.report.rests_on)


def measured(fact: FactTest | None) -> str:
    """What the instances said about one fact."""
    if fact is None or fact.instances == 0:
        return "not measured"
    words = [count(fact.instances, "instance") + (f" ({fact.spread})" if fact.spread else "")]
    if fact.spread and all(part.endswith("=1") for part in fact.spread.split(", ")):
        words.append("the least sizes alone")
    if fact.violations:
        words.append(f"violated on {fact.violations}")
    if fact.undecided == fact.instances:
        words.append("undecided on all")
    elif fact.undecided:
        words.append(f"undecided on {fact.undecided}")
    if fact.vacuous:
        words.append(f"vacuous on {fact.vacuous}")
    if fact.searched:
        those = "all" if fact.searched == fact.instances else fact.searched
        words.append(f"on {those} only as far as suprema and quantifiers were searched")
    if fact.min_margin is not None and not fact.violations:
        where = f" at {fact.worst}" if fact.worst else ""
        words.append(f"smallest margin {margin(fact.min_margin)}{where}")
    elif fact.violations and fact.worst:
        words.append(f"first at {fact.worst}")
    return ", ".join(words)


def heading(source: Source) -> str:
    """The heading of a group of claims: the theorem, its work and pages."""
    if source.work == "lawbook":
        return f"{source.item or 'Other statements'} (ours)"
    pages = f", {'pp.' if '–' in source.pages else 'p.'} {source.pages}" if source.pages else ""
    return f"{source.item} ({source.work}{pages})" if source.item else f"{source.work}{pages}"


def place_in_paper(source: Source) -> tuple[bool, float, str]:
    """A key that sorts sources as the paper does, where one counter runs through all statements; other works come after it.

    >>> items = ["Lemma 10", "Theorem 3", "Section 3.2", "Conjecture 2", "Theorem 5 (5)"]
    >>> sorted(items, key=lambda item: place_in_paper(Source("BLN", item)))
    ['Conjecture 2', 'Section 3.2', 'Theorem 3', 'Theorem 5 (5)', 'Lemma 10']
    """
    number = re.search(r"\d+(\.\d+)?", source.item)
    section = source.item.startswith("Section")                 # 3.1 and 3.2 stand between Conjecture 2 and Theorem 3
    place = float(number.group()) if number else math.inf
    return source.work != "BLN", place - 1 if section else place, source.item if source.work != "BLN" else ""


def works(claims: list[Claim]) -> list[str]:
    """The full references of the abbreviations that the headings use."""
    used = {c.source.work for c in claims}
    return [f"{short}  {full}" for short, full in PAPERS.items() if short in used]


def chance_words(chance: Chance) -> str:
    """How a statement with a probability is quantified.

    >>> from sympy import exp
    >>> from theory.terms import SphereRows, Signs
    >>> from theory.laws.setting import X, d, n, y
    >>> chance_words(Chance(2 * exp(-d), ((X, SphereRows(n, d)), (y, Signs(n)))))
    'with probability at least 1 − 2exp(−d) over X ∼ (S), y ∼ {±1}^n'
    """
    often = "with high probability" if chance.failure is None else f"with probability at least {text(1 - chance.failure)}"
    over = ", ".join(f"{text(variable)} ∼ {text(law)}" for variable, law in chance.over)
    some = f", for some {', '.join(map(text, chance.some))}" if chance.some else ""
    return f"{often} over {over}{some}"


def standing(ids: Sequence[str], statuses: Mapping[str, Status]) -> str:
    """Claims by id, each with its computed status."""
    return ", ".join(f"{id} {statuses[id].value}" for id in ids)


def summary(entries: list[Entry]) -> str:
    """How many claims have which status, worst first."""
    counts = {status: sum(e.status is status for e in entries) for status in Status}
    return ", ".join(f"{amount} {status.value}" for status, amount in counts.items() if amount)


def plain(value: Any) -> Any:
    """The value as JSON can hold it: exact numbers and terms as text, numbers that are not finite as null."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return str(value)


def mutation_words(reports: Iterable[MutationReport]) -> str:
    """How many changed steps the kernel refused, and what became of the others.

    >>> from verify.trials.mutation import Survivor
    >>> loose = Survivor("law", "scaled", "the right side is halved", None, 9, 0.5)
    >>> mutation_words([MutationReport(4, 3, 0, (loose,))])
    '3 of 4 mutants refused, 1 with slack'
    """
    reports = list(reports)
    slack, undecided, unused, alarms = (sum(len(getattr(r, name)) for r in reports) for name in ("slack", "undecided", "unused", "alarms"))
    said = f"{sum(r.killed for r in reports)} of {count(sum(r.mutants for r in reports), 'mutant')} refused"
    said += f", {slack} with slack" if slack else ""
    said += f", {undecided} decided by no instance" if undecided else ""
    said += f", {count(unused, 'unused fact')}" if unused else ""
    return said + (f", {count(alarms, 'SOUNDNESS ALARM')}" if alarms else "")
