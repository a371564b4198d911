"""Benchmarks: every figure is a ratio of two sides measured alternately in one run, so a busy machine slows both."""
