"""Deliberate faults; run by ``make test-faults``."""
