"""What the pages of reference share: the search for a pattern, and lines of at most 80 columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from textwrap import wrap

WIDTH = 80
LABEL = 12  # columns of the word that stands before a paragraph


def matcher(pattern: str | None) -> Callable[[Iterable[str]], bool]:
    """Whether one of several texts holds the pattern: as it stands or, where it is a regular expression, as one; case does not count.

    A regular expression that the empty text matches, such as |t|, counts as plain text alone.

    >>> found = matcher("norm|trace")
    >>> found(["the Frobenius norm"]), found(["tr(PᵀM)", "TRACE duality"]), found(["rank"])
    (True, True, False)
    >>> matcher("|t|")(["rank"]), matcher("(")(["f(x)"]), matcher(None)(["anything"])
    (False, True, True)
    """
    if pattern is None:
        return lambda texts: True
    try:
        expression = re.compile(pattern, re.IGNORECASE)
    except re.error:
        expression = None
    if expression is not None and expression.search(""):
        expression = None
    plain = pattern.casefold()
    return lambda texts: any(plain in t.casefold() or (expression is not None and expression.search(t)) for t in texts)


def paragraph(words: str, indent: str = "", first: str | None = None) -> list[str]:
    """The words in lines of at most 80 columns, broken at spaces.

    >>> paragraph("a word " * 14, "  ", "* ")
    ['* a word a word a word a word a word a word a word a word a word a word a word a', '  word a word a word']
    """
    return wrap(words, WIDTH, initial_indent=indent if first is None else first, subsequent_indent=indent, break_long_words=False,
                break_on_hyphens=False)


def indented(code: str, indent: str = "    ") -> list[str]:
    """Lines of code as they are, moved to the right."""
    return [f"{indent}{line}".rstrip() for line in code.splitlines()]


def labelled(label: str, words: str) -> list[str]:
    """A paragraph with a word before it.

    >>> labelled("proves", "an equation")
    ['  proves      an equation']
    """
    return paragraph(words, " " * (LABEL + 2), f"  {label:<{LABEL}}")
