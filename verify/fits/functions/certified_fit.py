"""What the fits of the classical classes share: certified bounds, read off one certificate."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction
from typing import Any


class CertifiedFit(ABC):
    """A least Lipschitz constant of a class of functions, enclosed by a certificate, or the proof that no function of the class fits."""

    @property
    @abstractmethod
    def feasible(self) -> bool:
        """Whether some function of the class fits."""

    @property
    @abstractmethod
    def _document(self) -> dict[str, Any]:
        """The certificate, made once."""

    @property
    def lower(self) -> Fraction | None:
        """A certified lower bound on the Lipschitz constant of every fit, None when none fits."""
        return Fraction(self._document["lower"]) if self.feasible else None

    @property
    def upper(self) -> Fraction | None:
        """A certified upper bound on the Lipschitz constant of the function found, None when none fits."""
        return Fraction(self._document["upper"]) if self.feasible else None

    def certificate(self) -> dict[str, Any]:
        """A document for `lawbook verify`, with both bounds or with the proof that none fits.

        Raises: NotCertified when an exact number has more digits than Python writes (4300).
        """
        return dict(self._document)
