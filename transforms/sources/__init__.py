"""Stage 1: every file that a run reads is kept once under its own hash, with a record of where it came from."""
