"""The exact re-checkers of numeric certificates: they decide with integers, and import no solver."""
