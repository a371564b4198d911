"""When Python looks for cycles among objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def cycles_seldom_sought() -> Iterator[None]:
    """A run makes millions of small objects and hardly any cycle, and so do pages of LEAs and imports of libraries:
    Python is not to look for cycles among all of them and all modules each time that some were made.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(20_000, 50, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
