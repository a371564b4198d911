"""All texts that a reader sees."""
