"""Documents: what replays, and the hostile ones, which are refused with a sentence and never by an error of Python."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

import pytest

from kernel.common import refused
from kernel.drawing import Values
from kernel.oracle import holds
from kernel.oracle_values import every
from theory.kernel import Refused
from theory.kernel.derivation import FORMAT, Replayed, read_lemmas, read_nodes, replay_claim, replay_document, replay_lines
from theory.kernel.nodes import HEADS, bound, num
from theory.kernel.theorem import RULES

# 0 R, 1 t, 2 s, 3 zero, 4 s·s, 5 0 ≤ s·s, 6 t·t, 7 0 ≤ t·t, 8 N, 9 0 (the number of a lemma), 10 s ≤ t, 11 t ≤ s, 12 s = t
TABLE = [["R"], ["var", "t", 0], ["var", "s", 0], ["num", "0"], ["mul", 2, 2], ["le", 3, 4], ["mul", 1, 1], ["le", 3, 6], ["N"],
    ["num", "0"],
         ["le", 2, 1], ["le", 1, 2], ["eq", 2, 1], ["var", "n", 8], ["vec", 13], ["var", "t", 14], ["dot", 15, 15], ["le", 3, 16]]
SQUARES = {"premises": [], "conclusion": 7, "steps": [[["square", [], [1]]]]}
EQUAL = {"premises": [10, 11], "conclusion": 12, "steps": [[["assume", [], [10]], ["assume", [], [11]], ["antisymmetry", [0, 1], []]]]}
NODES = read_nodes(TABLE)


def replay(claim: dict[str, Any], lemmas: list[Any] | None = None) -> Any:
    """What a claim over the table proves."""
    return replay_claim(claim, NODES, read_lemmas(lemmas or [], NODES))


def test_what_replays() -> None:
    shown = replay({"hypotheses": [], "conclusion": 5, "steps": [[["lemma", [], [9, 1, 2]]]]}, [SQUARES])
    assert (shown.conclusion, shown.hypotheses, shown.cited, shown.inferences) == (NODES[5], (), frozenset(), 1)
    assert FORMAT.startswith("lawbook")


def test_what_is_cited_is_said() -> None:
    cited = {"premises": [], "conclusion": 7}
    uses = {"premises": [], "conclusion": 5, "steps": [[["lemma", [], [9, 1, 2]]]]}
    lemmas = read_lemmas([cited, uses], NODES)
    assert lemmas[1].cited == {((), NODES[7])}
    steps = [[["lemma", [], [9, 1, 2]]], [["assume", [], [5]], ["assume", [], [10]], ["both", [0, 1], []], ["part", [2], [3]]]]
    assert replay({"hypotheses": [10], "conclusion": 5, "steps": steps}, [cited]).cited == {((), NODES[7])}


def test_later_steps_use_earlier_ones() -> None:
    steps = [[["square", [], [2]]], [["assume", [], [5]]]]
    shown = replay({"hypotheses": [], "conclusion": 5, "steps": steps})
    assert shown.inferences == 2


NODE_TABLES: list[tuple[str, Any]] = [
    ("the table of nodes is a list", {"0": ["R"]}),
    ("a node is a list", ["R"]),
    ("a node begins with a head", [[]]),
    ("a node begins with a head", [["level", 0, 0]]),
    ("a node begins with a head", [[["R"]]]),
    ("a node begins with a head", [[3]]),
    ("there is no head", [["R"], ["sine", 0]]),
    ("there is no node 1", [["R"], ["whole", 1]]),
    ("there is no node -1", [["R"], ["whole", -1]]),
    ("there is no node 0.0", [["R"], ["whole", 0.0]]),
    ("there is no node False", [["R"], ["whole", False]]),
    ("there is no node '0'", [["R"], ["whole", "0"]]),
    ("there is no node None", [["R"], ["whole", None]]),
    ("one fraction, as text", [["num", 3]]),
    ("one fraction, as text", [["num", 0.5]]),
    ("one fraction, as text", [["num", True]]),
    ("one fraction, as text", [["num", "1", "2"]]),
    ("var takes a str and a sort", [["R"], ["var", 3, 0]]),
    ("var takes a str and a sort", [["R"], ["var", "t"]]),
    ("var takes a str and a sort", [["R"], ["var", ["t"], 0]]),
    ("bound takes a int and a sort", [["R"], ["bound", True, 0]]),
    ("bound takes a int and a sort", [["R"], ["bound", 0.0, 0]]),
    ("bound takes a int and a sort", [["R"], ["bound", "0", 0]]),
    ("a variable has a number", [["R"], ["bound", -1, 0]]),
    ("takes 2 arguments, not 3", [["R"], ["var", "t", 0], ["le", 1, 1, 1]]),
    ("takes at least one argument", [["add"]]),
    ("no application", [["app"]]),
    ("node 1: ", [["R"], ["add", 0]]),
]


@pytest.mark.parametrize("why, table", NODE_TABLES)
def test_refused_tables(why: str, table: Any) -> None:
    refused(why, read_nodes, table)


@pytest.mark.parametrize("text", ["", "-", "/", "1/", "/2", "-/2", "1/0", "1/00", "1.5", "1e3", " 1", "1 ", "+1", "1/-2", "1/2/3", "--1",
    "٣", "1_000", "0x10",
                                  "inf", "nan", "1" * 4001, "1/" + "3" * 5000, "½"])
def test_what_is_no_fraction(text: str) -> None:
    refused("is no fraction", read_nodes, [["num", text]])


def test_fractions() -> None:
    assert read_nodes([["num", x] for x in ("-0", "4/2", "-3/9", "007", "1/0002", "9" * 4000)]) == [
        num(0), num(2), num("-1/3"), num(7), num("1/2"), num(int("9" * 4000))]


LINES: list[tuple[str, Any]] = [
    ("a step without lines", []),
    ("the lines of a step is a list", "assume"),
    ("a line is a list", ["assume"]),
    ("a line is an inference", [["square", []]]),
    ("a line is an inference", [[7, [], []]]),
    ("the premises is a list", [["square", 0, []]]),
    ("the arguments is a list", [["square", [], 0]]),
    ("there is no inference", [["divide", [], []]]),
    ("there is no inference", [["__class__", [], []]]),
    ("there is no line 0", [["detach", [0, 0], []]]),
    ("there is no line 1", [["square", [], [1]], ["detach", [0, 1], []]]),
    ("there is no node 99", [["square", [], [99]]]),
    ("a lemma is named by its number", [["lemma", [], []]]),
    ("a lemma is named by its number", [["lemma", [], [1]]]),
    ("is no numeral", [["lemma", [], [13]]]),
    ("there is no lemma 0", [["lemma", [], [9]]]),
    ("line 1: ", [["square", [], [1]], ["impossible", [0], []]]),
]


@pytest.mark.parametrize("why, lines", LINES)
def test_refused_lines(why: str, lines: Any) -> None:
    refused(why, replay_lines, lines, NODES, [])


CLAIMS: list[tuple[str, Any, Any]] = [
    ("a claim is an object", [], []),
    ("lacks, or has beyond the format, the fields hypotheses, steps", {"conclusion": 5}, []),
    ("lacks, or has beyond the format, the fields trusted", {"hypotheses": [], "conclusion": 5, "steps": [], "trusted": True}, []),
    ("a lemma lacks, or has beyond the format, the fields hypotheses, premises", {"hypotheses": [], "conclusion": 5, "steps": []},
     [{"hypotheses": [], "conclusion": 5}]),
    ("a lemma is an object", {"hypotheses": [], "conclusion": 5, "steps": []}, [[]]),
    ("hypotheses is a list", {"hypotheses": 5, "conclusion": 5, "steps": []}, []),
    ("there is no node 77", {"hypotheses": [], "conclusion": 77, "steps": []}, []),
    ("closed formulas", {"hypotheses": [], "conclusion": 1, "steps": []}, []),
    ("stands for two variables", {"hypotheses": [7], "conclusion": 17, "steps": []}, []),
    ("the steps is a list", {"hypotheses": [], "conclusion": 5, "steps": None}, []),
    ("do not show the conclusion", {"hypotheses": [], "conclusion": 5, "steps": []}, []),
    ("do not show the conclusion", {"hypotheses": [], "conclusion": 5, "steps": [[["square", [], [1]]]]}, []),
    ("step 1: it assumes", {"hypotheses": [], "conclusion": 10, "steps": [[["assume", [], [10]]]]}, []),
    ("lemma 0: the steps do not show", {"hypotheses": [], "conclusion": 5, "steps": []}, [{"premises": [], "conclusion": 12, "steps": []}]),
    ("lemma 0: step 1: line 0: there is no lemma 0", {"hypotheses": [], "conclusion": 5, "steps": []},
     [{"premises": [], "conclusion": 12, "steps": [[["lemma", [], [9]]]]}]),
    ("the lemmas is a list", {"hypotheses": [], "conclusion": 5, "steps": []}, {"0": SQUARES}),
    ("is needed, and", {"hypotheses": [10], "conclusion": 12, "steps": [[["assume", [], [10]], ["lemma", [0, 0], [9]]]]}, [EQUAL]),
    ("there are 2 premises", {"hypotheses": [], "conclusion": 12, "steps": [[["lemma", [], [9]]]]}, [EQUAL]),
    ("no such metavariable", {"hypotheses": [], "conclusion": 5, "steps": [[["lemma", [], [9, 2, 1]]]]}, [SQUARES]),
    ("given two values", {"hypotheses": [], "conclusion": 5, "steps": [[["lemma", [], [9, 1, 2, 1, 2]]]]}, [SQUARES]),
]


@pytest.mark.parametrize("why, claim, lemmas", CLAIMS)
def test_refused_claims(why: str, claim: Any, lemmas: Any) -> None:
    refused(why, replay, claim, lemmas)


def test_whole_documents() -> None:
    """Each claim of a document is judged for itself; a document of another format is none."""
    claims = [{"id": "a", "hypotheses": [], "conclusion": 5, "steps": [[["square", [], [2]]]]},
        {"hypotheses": [], "conclusion": 5, "steps": []}]
    document = {"format": FORMAT, "nodes": TABLE, "lemmas": [SQUARES], "claims": claims}
    shown, refusal = replay_document(document)
    assert isinstance(shown, Replayed) and shown.conclusion is NODES[5]
    assert isinstance(refusal, Refused) and "do not show the conclusion" in str(refusal)
    refused("the format is", list, replay_document({**document, "format": "lawbook.derivations/0"}))
    refused("a document of derivations", list, replay_document({**document, "trust": []}))
    refused("a document of derivations is an object", list, replay_document(None))
    refused("the claims is a list", list, replay_document({**document, "claims": {}}))


def test_deep_terms_are_refused_in_one_place() -> None:
    """√(1+√(1+…)), 20000 deep: reading is flat; what goes through the term is refused, as a line that does not follow."""
    table: list[list[Any]] = [["R"], ["var", "t", 0], ["num", "1"]]
    for place in range(20_000):
        table += [["add", 1 if place == 0 else len(table) - 1, 2], ["sqrt", len(table)]]
    top = len(table) - 1
    nodes = read_nodes([*table, ["le", top, top]])
    refused("nested too deeply", replay_lines, [["nonnegative", [], [top]]], nodes, [])
    refused("nested too deeply", replay_lines, [["assume", [], [top + 1]], ["instance", [0], [1, 2]]], nodes, [])
    sort: list[list[Any]] = [["R"], ["N"]]
    for place in range(20_000):
        sort += [["fn", 0, 0 if place == 0 else len(sort) - 2], ["fn", 0, 1 if place == 0 else len(sort) - 1]]
    refused("nested too deeply", read_nodes, [*sort, ["var", "f", len(sort) - 2], ["set", len(sort) - 1], ["whole", len(sort) - 1],
                                             ["in", len(sort), len(sort) + 2]])


def test_powers_of_documents_of_a_few_lines() -> None:
    table: list[list[Any]] = [["R"], ["var", "t", 0], ["num", "1000000000"], ["pow", 1, 2], ["pow", 2, 2], ["pow", 3, 2]]
    doubled = len(table)
    table.append(["mul", 1, 1])
    table += [["mul", place, place] for place in range(doubled, doubled + 50)]
    nodes = read_nodes(table)
    for place in (3, 5):
        refused("is no number that is nonnegative by its form", replay_lines, [["nonnegative", [], [place]]], nodes, [])
    assert replay_lines([["nonnegative", [], [4]]], nodes, []).conclusion.args[1] is nodes[4]
    refused("a power is higher", replay_lines, [["nonnegative", [], [len(table) - 1]]], nodes, [])


def test_open_formulas_are_no_statements() -> None:
    refused("closed formulas", replay_claim, {"hypotheses": [], "conclusion": 0, "steps": []}, [bound(0, NODES[0])], [])


DOCUMENT: dict[str, Any] = {
    "nodes": TABLE, "lemmas": [SQUARES, EQUAL],
    "claim": {"hypotheses": [10, 11], "conclusion": 12, "steps": [
        [["lemma", [], [9, 1, 2]]], [["assume", [], [10]], ["assume", [], [11]], ["antisymmetry", [0, 1], []]]]}}


def _mutated(value: Any, rng: Random) -> Any:
    """The document with one part changed."""
    if isinstance(value, dict) and value and rng.random() < 0.95:
        key = rng.choice(sorted(value))
        return {**value, key: _mutated(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.95:
        place = rng.randrange(len(value))
        return [*value[:place], _mutated(value[place], rng), *value[place + 1:]]
    return rng.choice([rng.randrange(-1, 20), "t", [], {}, None, 0.5, True, rng.choice(sorted(HEADS)), rng.choice(sorted(RULES)), [[]],
        "level", 10 ** 30])


def test_mutated_documents_are_refused_or_true() -> None:
    """Nothing but Refused is raised, and what replays still and rests on nothing is true on instances."""
    accepted = judged = 0
    for seed in range(20_000):
        rng = Random(seed)
        key = rng.choice(sorted(DOCUMENT))
        document = {**deepcopy(DOCUMENT), key: _mutated(DOCUMENT[key], rng)}
        try:
            nodes = read_nodes(document["nodes"])
            shown = replay_claim(document["claim"], nodes, read_lemmas(document["lemmas"], nodes))
        except Refused:
            continue
        accepted += 1
        if not shown.cited and all(v.head == "var" for v in shown.conclusion.free):
            for _ in range(5):
                free = Values(rng).of(shown.conclusion.free.union(*(h.free for h in shown.hypotheses)))
                if every(holds(h, free) for h in shown.hypotheses) is True:
                    assert holds(shown.conclusion, free) is not False, (document, free)
                    judged += 1
    assert accepted > 300 and judged > 100


def test_random_tables_raise_nothing_else() -> None:
    heads = sorted(HEADS)
    for seed in range(3000):
        rng = Random(seed)
        table: list[list[Any]] = [["N"], ["R"], ["num", "2"], ["var", "n", 0], ["vec", 3], ["var", "u", 4], ["range", 3], ["bound", 0, 0],
            ["bound", 1, 0]]
        for _ in range(12):
            arity = rng.choice((0, 1, 1, 2, 2, 2, 3))
            entry = [rng.choice(heads), *(rng.randrange(len(table)) for _ in range(arity))]
            try:
                read_nodes([*table, entry])
            except Refused:
                continue
            table.append(entry)
        nodes = read_nodes(table)
        for name in rng.sample(sorted(RULES), 12):
            lines = [["assume", [], [rng.randrange(len(table))]],
                [name, [0] * rng.randrange(3), [rng.randrange(len(table)) for _ in range(rng.randrange(3))]]]
            try:
                replay_lines(lines, nodes, [])
            except Refused:
                continue
