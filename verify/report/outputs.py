"""The Lipschitz constants of a network with several outputs, one a line, and as JSON."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verify.lipschitz import Enclosure
from verify.objects.networks import VectorNetwork
from verify.report.lipschitz import domain_words
from verify.report.terminal import Console, show_line
from verify.report.words import at_least, at_most, count, plain


@dataclass(frozen=True)
class OutputTable:
    """The enclosures of each output and of the vector (None where the domain has none), how long they took, whether they were cut short."""

    name: str
    network: VectorNetwork
    each: tuple[Enclosure, ...]
    vector: Enclosure | None
    seconds: float
    interrupted: bool


def outputs_document(table: OutputTable) -> dict[str, Any]:
    """The object that `lawbook lipschitz --json` prints for several outputs; an infinite bound is null."""
    network = table.network
    document: dict[str, Any] = plain({
        "domain": table.each[0].domain.kind, "outputs": [_entry(found) for found in table.each],
        "vector": None if table.vector is None else _entry(table.vector),
        "network": {"m": network.m, "k": network.k, "d": network.d, "activation": network.activation.name},
        "interrupted": table.interrupted, "seconds": round(table.seconds, 3)})
    return document


def _entry(found: Enclosure) -> dict[str, Any]:
    return {"lower": found.lower, "upper": found.upper, "exact": found.exact, "certified": found.certified}


def show_outputs(console: Console, table: OutputTable) -> None:
    """A line for each output, one for the vector, and how to ask for one of them."""
    network = table.network
    show_line(console, (f"Lipschitz constants on {domain_words(table.each[0].domain)}", "bold"),
              f"  ({table.name}: {count(network.m, 'output')}, {count(network.k, 'neuron')}, d = {network.d}, {network.activation.name}; "
              f"{table.seconds:.2f} s)")
    named = [(f"output {j}", found) for j, found in enumerate(table.each)]
    if table.vector is not None:
        named.append(("vector, ‖·‖", table.vector))
    for name, found in named:
        high = at_most(Fraction(found.upper)) if math.isfinite(found.upper) else "∞"
        standing = "exact up to rounding" if found.exact else "an enclosure"
        if not found.certified:
            standing += ", rounding not certified"
        show_line(console, f"  {name.ljust(12)}  {at_least(Fraction(found.lower))} ≤ Lip ≤ {high}  ", (standing, "dim"))
    if table.interrupted:
        show_line(console, "  ", ("interrupted: this is what was known by then", "yellow"))
    show_line(console, ("  one alone, with witness and certificate: --output J, --output J --minus K, or --vector", "dim"))
