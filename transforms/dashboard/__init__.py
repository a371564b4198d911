"""Stage 3 for Dashboard files: each is typed once, column by column over its distinct texts, and stored as one sorted
part of indicator_results.
"""
