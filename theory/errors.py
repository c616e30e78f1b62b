"""The errors a user can meet.  Each message is one sentence: what, which value, where, and how to mend it."""

from __future__ import annotations


class LawbookError(Exception):
    """Base of all errors that are the input's fault, not the program's.  The command line prints it and exits with 2."""


class BadData(LawbookError, ValueError):
    """The data cannot be used: not finite, not labelled, contradictory, empty, or unreadable."""


class ShapeError(LawbookError, ValueError):
    """Two arrays, or an array and a claim, do not fit together."""


class HypothesisViolated(LawbookError, ValueError):
    """A hypothesis of the claim that is being used does not hold on the given object."""


class NotCertified(LawbookError, RuntimeError):
    """A value was found but its certificate could not be verified, so it is not reported as a bound."""
