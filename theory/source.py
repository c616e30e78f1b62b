"""Where a statement comes from."""

from __future__ import annotations

from dataclasses import dataclass

PAPERS = {
    "BLN": "Bubeck, Li, Nagaraj, A law of robustness for two-layers neural networks, COLT 2021, arXiv 2009.14444",
    "BS": "Bubeck, Sellke, A universal law of robustness via isoperimetry, NeurIPS 2021, arXiv 2105.12806",
    "V": "Vershynin, High-Dimensional Probability, 2018",
    "BLM": "Boucheron, Lugosi, Massart, Concentration Inequalities, 2013",
    "LT": "Ledoux, Talagrand, Probability in Banach Spaces, 1991",
    "T": "Tropp, An Introduction to Matrix Concentration Inequalities, 2015",
}


@dataclass(frozen=True)
class Source:
    """A work, an item in it, and pages.  ``work`` is a key of PAPERS, or a full reference."""

    work: str
    item: str = ""
    pages: str = ""

    def __str__(self) -> str:
        pages = f", {'pp.' if '–' in self.pages else 'p.'} {self.pages}" if self.pages else ""
        return f"{self.work} {self.item}{pages}".strip()


OURS = Source("lawbook")
