"""Everything that CDE published and the variable CDE_FILES names, in one folder, in one night: published, with exactly these rows and warnings."""

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ["CDE_FILES"]) if "CDE_FILES" in os.environ else None
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900), pytest.mark.skipif(FOLDER is None, reason="CDE_FILES names no folder of CDE's files")]
