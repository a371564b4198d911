"""From published files to verdicts: plain Python and SQL, no orchestration."""
