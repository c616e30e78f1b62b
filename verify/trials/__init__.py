"""Claims put to the test: facts on instances, refutations, property tests, hunts for counterexamples, mutants of proofs."""
