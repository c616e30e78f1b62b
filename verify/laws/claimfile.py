"""A user's own claims: a Python file with `Claim` objects, treated like the built-in ones."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import importlib.util
import sys
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

import sympy

from theory import terms
from theory.claim import Claim
from theory.errors import BadData
from theory.proof import Lemma
from theory.terms import arithmetic
from theory.terms.printing.layout import Spelled
from theory.terms.sorts import spelled
from verify.laws.measure import Measurement
from verify.laws.user_lemmas import flaw_of, is_of_the_library

# what sympy has under the same name: symbols, π and the elementary functions
OURS = frozenset(name for name in terms.__all__ if hasattr(sympy, name) and getattr(terms, name).__module__ == arithmetic.__name__)


@dataclass(frozen=True)
class ClaimFile:
    """The claims and measurements that a file defines at module level, and its syntax tree."""

    path: Path
    claims: tuple[Claim, ...]
    measurements: tuple[Measurement, ...]
    tree: ast.Module

    def line_of(self, claim_id: str, step: str) -> int | None:
        """The line of the call ``step("name", …)`` in that claim; None when the name is not written out.

        The call is looked for inside the ``Claim(…)`` that spells the id, then in the whole file: proofs are often
        built apart from the claim.
        """
        inside = [node for node in ast.walk(self.tree) if _is_claim(node, claim_id)]
        for scope in (*inside, self.tree):
            lines = [node.lineno for node in ast.walk(scope) if isinstance(node, ast.Call) and _is_step(node, step)]
            if lines:
                return min(lines)
        return None


def _called(node: ast.AST) -> str:
    function = node.func if isinstance(node, ast.Call) else None
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _is_claim(node: ast.AST, claim_id: str) -> bool:
    return _called(node) == "Claim" and isinstance(node, ast.Call) and any(
        isinstance(value, ast.Constant) and value.value == claim_id
        for value in (*node.args, *(k.value for k in node.keywords if k.arg == "id")))


def _is_step(node: ast.Call, name: str) -> bool:
    first = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "name")]
    return _called(node) in ("step", "Step") and any(isinstance(a, ast.Constant) and a.value == name for a in first)


def load_claim_file(path: str | Path) -> ClaimFile:
    """The claims of a Python file, in the order in which they are defined.  The file is executed.

    Claims that the file imports from the library are left out.  What the file prints goes to standard error, so that it cannot spoil
    machine-readable output.

    Args: path.
    Returns: a ClaimFile.
    Raises: BadData (missing file, a Python error in it with its line, no claim, two claims with one id, a claim or a lemma under an id
    of the library's, a lemma that is a RULE, two symbols of one name and different sorts or declarations in one claim or lemma).
    """
    source = Path(path)
    try:
        code = source.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadData(f"there is no file {source}; check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadData(f"{source} cannot be read ({error}); give a Python file in UTF-8") from None
    try:
        tree = ast.parse(code, filename=str(source))
    except (SyntaxError, ValueError) as error:
        line = f":{error.lineno}" if isinstance(error, SyntaxError) else ""
        raise BadData(f"{source}{line}  {getattr(error, 'msg', error)}; mend this line") from None
    with spelled() as spelling:
        module = _execute(source, code)
    claims = _unique([v for v in vars(module).values() if isinstance(v, Claim) and not is_of_the_library(v)], source)
    flaw = flaw_of([*claims, *(v for v in vars(module).values() if isinstance(v, Lemma))])
    if flaw:
        raise BadData(f"{source}  {flaw}")
    measurements = tuple(v for v in vars(module).values() if isinstance(v, Measurement))
    return ClaimFile(source, tuple(replace(c, where=Spelled(c.where, spelling)) for c in claims), measurements, tree)


def _execute(path: Path, code: str) -> ModuleType:
    # The name is the file's own, so that two files do not meet in sys.modules; it must be there while the file runs,
    # because dataclasses look their module up.
    name = f"lawbook_claims_{hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]}"
    spec = importlib.util.spec_from_loader(name, loader=None, origin=str(path))
    if spec is None:
        raise BadData(f"{path} cannot be loaded as a Python module; give a file that ends in .py")
    module = importlib.util.module_from_spec(spec)
    module.__file__ = str(path)
    sys.modules[name] = module
    folder = str(path.resolve().parent)
    sys.path.insert(0, folder)                      # a user's file may import its neighbours
    try:
        with contextlib.redirect_stdout(sys.stderr):
            exec(compile(_as_written(ast.parse(code)), str(path), "exec"), module.__dict__)  # what `check FILE.py` is asked to do
    except KeyboardInterrupt:
        raise
    except BaseException as error:                  # SystemExit too: a file must not end the run with its own code
        raise BadData(_where(error, path)) from None
    finally:
        sys.path.remove(folder)
        del sys.modules[name]
    return module


def _as_written(tree: ast.Module) -> ast.Module:
    """The file with `from sympy import Symbol, sqrt` read as an import of our classes of those names, which simplify nothing."""
    for block in (node.body for node in ast.walk(tree) if isinstance(getattr(node, "body", None), list)):
        for place, line in reversed([*enumerate(block)]):
            if isinstance(line, ast.ImportFrom) and line.module == "sympy" and line.level == 0:
                theirs = [name for name in line.names if name.name not in OURS]
                ours = [name for name in line.names if name.name in OURS]
                parts = [ast.ImportFrom(module, names, 0) for module, names in (("sympy", theirs), ("theory.terms", ours)) if names]
                block[place:place + 1] = [ast.copy_location(part, line) for part in parts]
    return ast.fix_missing_locations(tree)


def _where(error: BaseException, path: Path) -> str:
    """FILE.py:LINE and what happened there, at the innermost line of the user's own file."""
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == str(path) and f.lineno]
    said = " ".join(str(error).split()) or "no message"
    return f"{path}{f':{lines[-1]}' if lines else ''}  {type(error).__name__}: {said}"


def _unique(claims: list[Claim], path: Path) -> tuple[Claim, ...]:
    by_id: dict[str, Claim] = {}
    for claim in claims:
        if by_id.setdefault(claim.id, claim) is not claim:
            raise BadData(f"{path} defines two claims with the id {claim.id}; rename one of them")
    if not by_id:
        raise BadData(f"{path} defines no claim at module level; assign a theory.claim.Claim to a name")
    return tuple(by_id.values())
