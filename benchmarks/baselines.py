"""What every benchmark says of its baselines: one that is missing, or fails on a problem, is named and enters no comparison."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

from theory.errors import NotCertified


def missing(*modules: str) -> str:
    """Why a baseline that imports these modules is left out; empty where they are all installed.

    >>> missing("numpy"), missing("numpy", "no_such_solver")
    ('', 'left out, as not installed: no_such_solver (see benchmarks/README.md)')
    """
    absent = [name for name in modules if find_spec(name) is None]
    return f'left out, as not installed: {", ".join(absent)} (see benchmarks/README.md)' if absent else ""


@dataclass
class Runs:
    """The calls of one method: processor seconds and values of those that returned one, and why the others did not.

    ``mebibytes`` is the growth of the peak resident size of the process in the first call.
    """

    seconds: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    mebibytes: float = 0.0

    def add(self, call: Callable[[], float]) -> None:
        """Run and measure a call; the time of one without a value is no time to compare with."""
        is_first = not (self.seconds or self.failures)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start = time.process_time()
        try:
            value = call()
        except (NotCertified, ArithmeticError) as error:
            self.failures.append(str(error))
            return
        self.seconds.append(time.process_time() - start)
        self.values.append(value)
        if is_first:
            self.mebibytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024

    @property
    def is_complete(self) -> bool:
        """Whether every call returned a value."""
        return bool(self.seconds) and not self.failures

    @property
    def median(self) -> float:
        """Median seconds."""
        return statistics.median(self.seconds)

    def line(self, name: str) -> str:
        """The times in words.

        >>> Runs([1.0, 3.0, 2.0], [0.0, 0.0, 0.0]).line("ours")
        '  ours                  2.0000 s [1.0000, 3.0000], +0 MiB'
        """
        return f"  {name:18s}{self.median:10.4f} s [{min(self.seconds):.4f}, {max(self.seconds):.4f}], +{self.mebibytes:.0f} MiB"


def compared(name: str, theirs: Runs, ours: Runs, bounds: Sequence[float]) -> str:
    """One line: a baseline beside ours, the ratio of medians, and how far its values are off; without a ratio where a call failed.

    >>> ours = Runs([1.0, 2.0], [5.0, 5.0])
    >>> compared("theirs", Runs([4.0, 4.0], [5.0, 5.5]), ours, ours.values)
    '  theirs                4.0000 s [4.0000, 4.0000], +0 MiB, 3 times ours, off +0.0e+00 to +1.0e-01'
    >>> compared("theirs", Runs([4.0], [5.0], ["no optimum"]), ours, ours.values)
    '  theirs            left out: no value on 1 of 2 (no optimum)'
    """
    if not theirs.is_complete:
        calls = len(theirs.failures) + len(theirs.seconds)
        return f"  {name:18s}left out: no value on {len(theirs.failures)} of {calls} ({(theirs.failures or [''])[0][:80]})"
    off = [value / bound - 1 for value, bound in zip(theirs.values, bounds, strict=True)]
    return f"{theirs.line(name)}, {theirs.median / ours.median:,.0f} times ours, off {min(off):+.1e} to {max(off):+.1e}"
