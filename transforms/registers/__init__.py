"""Records that people keep: state loans, cases of the recorded pathways, CALPADS lateness.

Every row is checked before anything is decided from it.
"""
