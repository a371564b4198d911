"""The gates that a release must pass."""

import os

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # before Great Expectations is imported anywhere below
