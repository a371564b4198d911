"""A formatted Excel workbook of a release, to take along."""
