"""How the claims of the library are measured: the twins of `theory.laws`, searches against the lemmas, draws of instances."""
