"""Claims as property tests: Hypothesis strategies, test functions, a pytest plugin."""
