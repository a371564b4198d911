"""Records that people keep: state loans, cases of the recorded pathways, CALPADS certifications.

Every row is checked before it can affect a verdict.
"""
