"""Stage 2: files as served. Every value is text, with file and line; nothing is interpreted here."""
