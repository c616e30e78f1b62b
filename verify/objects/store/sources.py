"""Digests of the program itself, by the content of its files and the versions of what it imports.

Nothing of the program is imported to compute them: they are taken before the first import and again before a result is kept, so that
a result is never filed under code that was edited while it was computed.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

# what is claimed enters digests formula by formula, not as code
STATEMENTS = ("theory/lemmas/", "theory/laws/")
PROOF_PACKAGES = ("sympy", "mpmath", "z3-solver", "python-flint")
MEASURE_PACKAGES = ("numpy", "scipy", "scikit-learn", "cvxpy-base", "clarabel")


@dataclass(frozen=True)
class Sources:
    """The digest of what checks proofs (the kernel), and of the whole program; both include the versions of what they import."""

    kernel: str
    program: str


def read_sources() -> Sources | None:
    """The digests of the program as its files are now; None when it is not installed as files.

    >>> read_sources() == read_sources()
    True
    """
    files: dict[str, bytes] = {}
    for package in ("theory", "verify"):
        spec = find_spec(package)
        folder = Path(spec.origin).parent if spec is not None and spec.origin is not None else None
        if folder is None or not folder.is_dir():
            return None
        files |= {f"{package}/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in folder.rglob("*.py")}
    kernel = {name: code for name, code in files.items() if name.startswith("theory/") and not name.startswith(STATEMENTS)}
    proofs = [f"python {platform.python_implementation()} {platform.python_version()}", *map(_versioned, PROOF_PACKAGES)]
    return Sources(digest_of(kernel, proofs), digest_of(files, [*proofs, *map(_versioned, MEASURE_PACKAGES), platform.machine()]))


def digest_of(files: dict[str, bytes], remarks: Iterable[str]) -> str:
    """The digest of files by name and content, and of remarks.

    >>> digest_of({"a.py": b"x"}, []) == digest_of({"a.py": b"x", "b.py": b""}, [])
    False
    """
    total = hashlib.sha256()
    for name, code in sorted(files.items()):
        total.update(f"{name} {hashlib.sha256(code).hexdigest()}\n".encode())
    for remark in remarks:
        total.update(f"{remark}\n".encode())
    return total.hexdigest()


def _versioned(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} is not installed"
