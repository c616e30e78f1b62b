"""Tests of theory/lemmas, of their derivations, and of the searches against them in verify/laws/lemmas."""
