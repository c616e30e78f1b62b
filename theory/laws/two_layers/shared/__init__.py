"""Arguments that several claims of the family share, and that are no claims themselves."""
