"""The rules of each year and the reference lists, as data."""
