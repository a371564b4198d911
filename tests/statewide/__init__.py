"""A whole state of Dashboard files in CDE's layouts, generated from a seed, with the expected determinations."""
