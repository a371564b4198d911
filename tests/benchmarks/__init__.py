"""Benchmarks: every figure is a ratio of two sides measured in turn in one run, so that a busy machine slows both."""
