"""Pages and a workbook of an estimate, made from its own database, never from or into a release."""
