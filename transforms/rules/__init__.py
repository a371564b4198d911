"""The rules of each year and the reference lists, stored as data."""
