"""One query: what the command and the server run of a text, and nothing else."""

import duckdb


def one_query(text: str) -> duckdb.Statement:
    """The only statement of a text; a semicolon or comments may follow it.

    Raises ValueError where there is none or several, duckdb.Error for bad syntax.
    """
    statements = duckdb.extract_statements(text)
    if not statements:
        raise ValueError("There is no query to run. Write one, such as: select * from leas")
    if len(statements) > 1:
        raise ValueError(f"These are {len(statements)} queries. Write one query; none was run.")
    return statements[0]
