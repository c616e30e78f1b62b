"""The universal law of robustness [Bubeck, Sellke 2021]: claims about finite classes of functions."""

ORDER = 3  # of the family in the ledger
