"""Certificates of lower bounds on the Lipschitz constant of fits with k kinks: making, writing, reading, re-checking."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from theory.certificates.exact.documents import RECHECK, checked_fields
from theory.certificates.exact.exact_data import ExactData, format_exact, parse_data, parse_exact, parse_row, parse_rows
from theory.certificates.exact.exact_weights import Row
from theory.certificates.exact.rounding import approximately, root_below, round_down
from theory.certificates.fits.kink_problem import KinkProblem, Path, Pattern, parse_fit_domain, patterns_at, sign_vectors
from theory.certificates.fits.kink_tree import Leaf, Tree, active_patterns, program_bound
from theory.certificates.lipschitz.lipschitz_claims import Pair
from theory.errors import BadData, NotCertified
from theory.verdict import Status, Verdict, failed

FORMAT, VERSION, CLAIM = "lawbook-kink-tree", 1, "lipschitz.kinks.lower"
INFEASIBLE = "infeasible"
STATEMENT = (
    "Every function x -> v.x + c + sum of `kinks` terms +relu(w.x + b) or -relu(w.x + b), with v = 0 and c = 0 unless `affine`, that takes "
    "the values y at the rows of X has Euclidean Lipschitz constant at least `value` on `domain`; there is none if `value` is infeasible."
)
_FIELDS = frozenset(
    ("format", "version", "claim", "statement", "data", "domain", "kinks", "affine", "pair", "witnesses", "programs", "value", "recheck")
)


def lower_value(problem: KinkProblem, pair: Pair | None, witnesses: Sequence[Row], programs: Sequence[Sequence[Tree]]) -> Fraction | None:
    """The largest number of 12 significant digits that the evidence proves, None when it proves that there is no fit.

    That is the larger of |y_i−y_j|/‖x_i−x_j‖ for the pair and of the least bound of the programs (see `KinkProblem.programs`).

    Args: problem, pair (i, j) or None, witnesses (points of the domain; for a hull weights over the data), programs (the trees of each, or
    none at all).
    Raises: BadData (another number of programs or trees), NotCertified.

    >>> from theory.certificates.fits.kink_problem import FitDomain
    >>> points = ((Fraction(0),), (Fraction(2),))
    >>> lower_value(KinkProblem(points, (Fraction(0), Fraction(3)), FitDomain("hull", vertices=points), 1, True), (0, 1), (), ())
    Fraction(3, 2)
    """
    square = Fraction(0)
    if pair is not None:
        i, j = pair
        if i == j or not all(0 <= index < len(problem.points) for index in pair):
            raise NotCertified(f"the pair is {i}, {j}: it must name two different points")
        distance = ExactData(problem.points, problem.labels).squared_distance(i, j)
        square = (problem.labels[i] - problem.labels[j]) ** 2 / distance if distance else Fraction(0)
    value = root_below(square)
    if programs:
        expected = problem.programs()
        if len(programs) != len(expected):
            raise BadData(f"a lower bound for this class needs {len(expected)} programs, not {len(programs)}")
        points = [problem.domain.point(row) for row in witnesses]
        found = [program_bound(program, points, trees) for program, trees in zip(expected, programs, strict=True)]
        finite = [bound for bound in found if bound is not None]
        if not finite:
            return None
        value = max(value, min(finite))
    return round_down(value) if value > 0 else value


def certify_kinks(
    problem: KinkProblem, *, pair: Pair | None = None, witnesses: Sequence[Row] = (), programs: Sequence[Sequence[Tree]] = ()
) -> dict[str, Any]:
    """A certificate that every fit of the class has at least a certain Lipschitz constant, or that there is none.

    Args: as for `lower_value`.
    Returns: a JSON-ready document that `check_kinks` accepts; its value is what the evidence proves, rounded down to 12 digits.
    Raises: BadData, NotCertified.
    Guarantee: certified; the document stores no derived number but the value.

    >>> from theory.certificates.fits.kink_problem import FitDomain
    >>> points = ((Fraction(0),), (Fraction(1),), (Fraction(2),))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(1), Fraction(0)), FitDomain("hull", vertices=points), 0, True)
    >>> certify_kinks(problem, pair=(0, 1))["value"]
    '1'
    >>> certify_kinks(problem, programs=[[[0, 1, 2, Leaf(lam={0: Fraction(-1), 1: Fraction(2), 2: Fraction(-1)})]]])["value"]
    'infeasible'
    """
    value = lower_value(problem, pair, witnesses, programs)
    written = [
        [_tree_as_json(program, signs, tree) for signs, tree in zip(sign_vectors(program.kinks), trees, strict=True)]
        for program, trees in zip(problem.programs(), programs, strict=False)
    ]
    return {
        "format": FORMAT,
        "version": VERSION,
        "claim": CLAIM,
        "statement": STATEMENT,
        **problem_as_json(problem),
        "pair": None if pair is None else list(pair),
        "witnesses": [[format_exact(c) for c in row] for row in witnesses],
        "programs": written,
        "value": INFEASIBLE if value is None else str(value),
        "recheck": RECHECK,
    }


def check_kinks(document: object) -> Verdict:
    """Whether the trees and the pair of a certificate prove exactly its value, recomputed from the exact data without any solver.

    Returns: a Verdict, CERTIFIED, or FAILED with the reason for which the claim does not follow.
    Raises: BadData (or ShapeError) when the document is malformed.

    >>> from theory.certificates.fits.kink_problem import FitDomain
    >>> points = ((Fraction(0),), (Fraction(1),))
    >>> problem = KinkProblem(points, (Fraction(0), Fraction(3)), FitDomain("hull", vertices=points), 0, True)
    >>> document = certify_kinks(problem, programs=[[[0, 1, Leaf(lam={0: Fraction(-1), 1: Fraction(1)})]]])
    >>> check_kinks(document).status.value
    'CERTIFIED'
    >>> check_kinks({**document, "value": "4"}).reason
    'the evidence proves the value 3.0, and the certificate claims 4'
    """
    fields = checked_fields(document, FORMAT, VERSION, _FIELDS)
    for name, expected in (("claim", CLAIM), ("statement", STATEMENT)):
        if fields[name] != expected:
            raise BadData(f'the field "{name}" must be {expected!r}')
    problem, digest = parse_problem(fields)
    claimed = None if fields["value"] == INFEASIBLE else parse_exact(fields["value"], "value")
    pair, programs, witnesses = _parse_pair(fields["pair"]), fields["programs"], parse_rows(fields["witnesses"], "witnesses")
    if not isinstance(programs, list) or not all(isinstance(trees, list) for trees in programs):
        raise BadData('"programs" must be a list of programs, each a list of trees')
    if digest != ExactData(problem.points, problem.labels).digest():
        return failed("the data do not match their SHA-256 digest")
    if not programs and (pair is None or witnesses):
        raise BadData("the certificate has no evidence, or witnesses that no program uses: give programs, or a pair alone")
    if problem.domain.kind != "hull" and any(len(row) != problem.shape[1] for row in witnesses):
        raise BadData(f"a witness must have {problem.shape[1]} coordinates")
    try:
        trees = [_parse_program(program, entries) for program, entries in zip(problem.programs(), programs, strict=False)]
        value = lower_value(problem, pair, witnesses, [*trees, *programs[len(trees) :]])
    except NotCertified as reason:
        return failed(str(reason))
    if claimed != value:
        proved = "that there is no fit" if value is None else f"the value {approximately(value)}"
        return failed(f"the evidence proves {proved}, and the certificate claims {fields['value']}")
    n, d = problem.shape
    summary = {"format": FORMAT, "claim": CLAIM, "domain": problem.domain.kind, "kinks": problem.kinks, "affine": problem.affine,
               "value": fields["value"], "n": n, "d": d,
               "leaves": sum(isinstance(node, Leaf) for program in trees for tree in program for node in tree)}
    part = "with" if problem.affine else "without"
    shown = f"{fields['value']}, n = {n}, d = {d}, {problem.kinks} kinks {part} an affine part, {problem.domain.kind}"
    return Verdict(Status.CERTIFIED, f"{STATEMENT} [{shown}]", summary)


def problem_as_json(problem: KinkProblem) -> dict[str, Any]:
    """The fields "data", "domain", "kinks", "affine"."""
    data = ExactData(problem.points, problem.labels).as_json()
    return {"data": data, "domain": problem.domain.as_json(), "kinks": problem.kinks, "affine": problem.affine}


def parse_problem(fields: dict[str, Any]) -> tuple[KinkProblem, str]:
    """The problem of a document, and the digest of the data that it states, not yet compared.  Raises: BadData, ShapeError."""
    data, digest = parse_data(fields["data"])
    if type(fields["affine"]) is not bool:
        raise BadData(f'"affine" is {fields["affine"]!r}: it must be true or false')
    return KinkProblem(data.points, data.labels, parse_fit_domain(fields["domain"], data.points), fields["kinks"], fields["affine"]), digest


def _parse_pair(entry: object) -> Pair | None:
    if entry is None:
        return None
    if not isinstance(entry, list) or len(entry) != 2 or not all(type(i) is int for i in entry):
        raise BadData('"pair" must be null or name two points by their integer indices')
    return entry[0], entry[1]


def _walk(program: KinkProblem, signs: Pattern, path: Path, anchor: object) -> list[tuple[tuple[int, Pattern], ...]]:
    if type(anchor) is not int:
        raise BadData(f"a node of a tree is {anchor!r}: it must be an anchor or a leaf")
    return [(*path, (anchor, pattern)) for pattern in reversed(patterns_at(anchor, signs, path, program.affine))]


def _tree_as_json(program: KinkProblem, signs: Pattern, tree: Tree) -> list[Any]:
    waiting: list[tuple[tuple[int, Pattern], ...]] = [()]
    nodes: list[Any] = []
    for node in tree:
        path = waiting.pop()
        if isinstance(node, Leaf):
            nodes.append(_leaf_as_json(program, path, node))
        else:
            nodes.append(node)
            waiting.extend(_walk(program, signs, path, node))
    return nodes


def _leaf_as_json(program: KinkProblem, path: Path, leaf: Leaf) -> dict[str, Any]:
    """λ by data anchor, μ by anchor and kink, u by pattern, all in the order of the path."""
    n, d = program.shape
    zero = Fraction(0)
    return {
        "lambda": [format_exact(leaf.lam.get(z, zero)) for z, _ in path if 0 <= z < n],
        "mu": [[format_exact(leaf.mu.get((z, ell), zero)) for ell in range(program.kinks)] for z, _ in path if z >= 0],
        "u": [[format_exact(c) for c in leaf.u.get(pattern, (zero,) * d)] for pattern in active_patterns(path)],
    }


def _parse_program(program: KinkProblem, trees: list[Any]) -> list[Tree]:
    choices = sign_vectors(program.kinks)
    if len(trees) != len(choices) or not all(isinstance(tree, list) for tree in trees):
        raise BadData(f"a program with {program.kinks} kinks is a list of {len(choices)} trees, one for each number of positive signs")
    return [_parse_tree(program, signs, tree) for signs, tree in zip(choices, trees, strict=True)]


def _parse_tree(program: KinkProblem, signs: Pattern, entries: list[Any]) -> Tree:
    waiting: list[tuple[tuple[int, Pattern], ...]] = [()]
    nodes: list[int | Leaf] = []
    for position, entry in enumerate(entries):
        if not waiting:
            raise NotCertified(f"the tree is complete before node {position}")
        path = waiting.pop()
        if isinstance(entry, dict):
            nodes.append(_parse_leaf(program, path, entry, f"leaf {position}"))
        else:
            nodes.append(entry)
            waiting.extend(_walk(program, signs, path, entry))
    return nodes


def _parse_leaf(program: KinkProblem, path: Path, entry: dict[str, Any], where: str) -> Leaf:
    if set(entry) != {"lambda", "mu", "u"}:
        raise BadData(f'{where} must hold exactly the fields "lambda", "mu", "u"')
    n, d = program.shape
    data, patterns = [z for z, _ in path if 0 <= z < n], active_patterns(path)
    points = [z for z, _ in path if z >= 0]
    lam = parse_row(entry["lambda"], f"{where}: lambda")
    mu, u = parse_rows(entry["mu"], f"{where}: mu"), parse_rows(entry["u"], f"{where}: u")
    if (len(lam), [len(row) for row in mu], [len(row) for row in u]) != (len(data), [program.kinks] * len(points), [d] * len(patterns)):
        raise BadData(f"{where} must give {len(data)} numbers lambda, {len(points)} rows mu of {program.kinks} entries "
                      f"and {len(patterns)} rows u of {d}")
    return Leaf(
        {i: c for i, c in zip(data, lam, strict=True) if c},
        {(z, ell): c for z, row in zip(points, mu, strict=True) for ell, c in enumerate(row) if c},
        {pattern: row for pattern, row in zip(patterns, u, strict=True) if any(row)},
    )
