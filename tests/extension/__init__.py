"""Four Dashboard years, an indicator and a recorded pathway that do not exist, added only as data."""
