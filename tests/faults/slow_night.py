"""The nightly flow after a pause in which a test can do harm.

The schedule test deploys it instead of ``flows/deployed/nightly.py``.
"""

import time

from prefect import flow

from flows.deployed.nightly import nightly


@flow(name="nightly")
def slow_night(source: str, seconds: float) -> str:
    """Wait, then run the nightly flow."""
    time.sleep(seconds)
    return nightly.fn(source=source)
