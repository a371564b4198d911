"""Make, compare, activate, verify and keep releases."""
