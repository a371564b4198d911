"""The command ``dta``: one module for each group of commands."""
