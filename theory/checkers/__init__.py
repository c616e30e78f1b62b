"""The searchers: they look for a derivation of a step, which the kernel then replays."""
