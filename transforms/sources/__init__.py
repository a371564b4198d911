"""Stage 1: every file that a run reads is stored once under its hash, with a record of its origin."""
