"""The page about the kernel is up to date, and says something of every head, inference and axiom."""

from __future__ import annotations

import re

from theory.kernel import RULES
from theory.kernel.axioms import AXIOMS
from theory.kernel.nodes import HEADS
from verify.report.kernel_page import PAGE, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m verify.report.kernel_page"


def test_everything_has_a_line_with_words() -> None:
    _, *sections = page().split("\n## ")
    tables = [[[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in s.splitlines()[4:] if row] for s in sections]
    assert [{row[0] for row in rows} for rows in tables] == [set(HEADS), RULES.keys() - AXIOMS.keys(), set(AXIOMS)]
    assert all(all(row) for rows in tables for row in rows)
    assert {len(row) for row in tables[2]} == {3} and ["assume", "φ ⊢ φ."] in tables[1]
