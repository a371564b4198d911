"""A release: made, compared, activated, verified, kept."""
