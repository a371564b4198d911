"""Tables built for a test's query equal those that the step creates, in any order of queries."""

import pytest

from tests.on_demand import READS
from tests.workplace import Workplace


@pytest.mark.slow
@pytest.mark.parametrize("backwards", [False, True])
def test_on_demand_tables_equal_those_of_the_step(published: Workplace, backwards: bool) -> None:
    run = published.decided()
    with run.connect() as whole, published.decide() as on_demand:
        for table in sorted(READS, reverse=backwards):
            query = f"select count(*), sum(hash(t)), (select list(column_name) from (describe {table})) from {table} t"
            assert on_demand.execute(query).fetchall() == whole.execute(query).fetchall(), table
    run.finish()
