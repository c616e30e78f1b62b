"""How terms and formulas are written: one line of unicode, and LaTeX."""
