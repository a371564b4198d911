"""Name of the work pool; a module of its own, so that the supervisor does not import Prefect."""

POOL = "dta"
