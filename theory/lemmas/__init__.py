"""The lemmas of the library, cited or proved; a lemma is a module-level `Lemma`."""
