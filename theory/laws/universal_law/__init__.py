"""The universal law of robustness [Bubeck, Sellke 2021]: noise correlation, finite and parametrised classes, deep networks."""

ORDER = 3  # of the family in the ledger
