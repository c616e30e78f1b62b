"""What a ledger rests on, in one line: the kernel, the libraries that it ran on, and the lemmas that were cited."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files

from theory.kernel import RULES, VERSION
from theory.kernel.axioms import AXIOMS
from verify.ledger.entries import Entry

_PACKAGES = ("lawbook", "sympy", "numpy", "scipy", "python-flint", "z3-solver")


def versions() -> dict[str, str]:
    """Versions of what the result depends on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # run from a source tree that is not installed
            found[package] = "not installed"
    return found


def kernel_lines() -> int:
    """The lines of the kernel's source."""
    return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files("theory.kernel").iterdir() if path.name.endswith(".py"))


def trust_words(entries: Iterable[Entry]) -> str:
    """One line on what the proofs of the entries rest on.

    >>> trust_words([]).split(" · ")[-1]
    'no lemma cited'
    """
    cited = {name for e in entries for p in e.report.proofs if p.status.is_proof for name in p.rests_on}
    libraries = versions()
    kernel = f"kernel {VERSION}: {len(RULES) - len(AXIOMS)} inferences, {len(AXIOMS)} axioms, {kernel_lines()} lines"
    lemmas = f"{len(cited)} lemma{'s' if len(cited) != 1 else ''} cited" if cited else "no lemma cited"
    return f"{kernel} · on Python {libraries['python']}, python-flint {libraries['python-flint']} · {lemmas}"
