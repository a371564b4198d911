"""Faults tried on purpose; run by ``make test-faults``."""
