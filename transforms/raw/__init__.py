"""Stage 2: files as served, every value text, with file and line. Nothing is interpreted here."""
