"""Turn published files into verdicts with plain Python and SQL, without orchestration."""
