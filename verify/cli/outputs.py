"""Which constant of a network with several outputs is asked for, and the table of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from theory.errors import BadData
from verify.cli.console import output
from verify.cli.exits import emit
from verify.lipschitz import Budget, Domain, network_enclosure
from verify.lipschitz.piecewise.enclose import Progress
from verify.lipschitz.vector import vector_enclosure
from verify.objects.data.dataset import Dataset
from verify.objects.networks import VectorNetwork
from verify.report.data import show_data, with_data
from verify.report.outputs import OutputTable, outputs_document, show_outputs


@dataclass(frozen=True)
class Choice:
    """One output, the difference of two, or all of them as a vector; nothing named is the only output, or the table of all.

    >>> Choice(0, 2).named("net.npz", 3), Choice(vector=True).named("net.npz", 3), Choice().named("net.npz", 1)
    ('net.npz, output 0 minus output 2', 'net.npz, all 3 outputs', 'net.npz')
    """

    output: int | None = None
    minus: int | None = None
    vector: bool = False

    def check(self, m: int, out: Path | None) -> None:
        """Raises: BadData for options that do not fit together, or a certificate without one constant that it is about."""
        if self.vector and (self.output is not None or self.minus is not None):
            raise BadData("--vector is about all outputs together; leave out --output and --minus, or --vector")
        if self.minus is not None and self.output is None:
            raise BadData(f"--minus {self.minus} subtracts that output from another one; name that one by --output")
        if out is not None and self.is_table(m):
            raise BadData(f"the network has {m} outputs and a certificate is about one constant; give --output J, "
                          "--output J --minus K or --vector")

    def is_table(self, m: int) -> bool:
        """Whether all constants of a network with m outputs are meant."""
        return m > 1 and self.output is None and not self.vector

    def named(self, name: str, m: int) -> str:
        """The file's name with what of it is meant."""
        if self.vector:
            return f"{name}, all {m} outputs" if m > 1 else name
        if self.output is None:
            return name
        return f"{name}, output {self.output}" + ("" if self.minus is None else f" minus output {self.minus}")


EVERY = Choice()


def table_of(path: Path, network: VectorNetwork, domain: Domain, budget: Budget, tell: Progress | None) -> OutputTable:
    """The constant of each output, and of the vector where the domain allows; each has its share of the time that is left."""
    whole, deadline = not domain.on_sphere, budget.deadline
    parts = network.m + whole
    each = [network_enclosure(network.output(j), domain, budget.until(deadline.part(1 / (parts - j))), tell) for j in range(network.m)]
    vector = vector_enclosure(network, domain, budget, tell) if whole else None
    return OutputTable(path.name, network, tuple(each), vector, deadline.spent, interrupted=False)


def show_table(table: OutputTable, points: Dataset | None = None, *, as_json: bool) -> None:
    """The table on standard output, and what was read of the data of its domain."""
    if as_json:
        emit(with_data(points, outputs_document(table)))
    else:
        show_data(output(), points)
        show_outputs(output(), table)
