"""Derivations of the rules in the kernel, by subject; each is a function of a `Writing` that writes lines and returns the last one."""
