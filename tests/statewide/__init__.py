"""A whole state of Dashboard files in CDE's layouts, made from a seed, with the determinations that must come out of
them.
"""
