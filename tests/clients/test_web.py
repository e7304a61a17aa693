"""The web SDK's own tests, run by Node."""

import shutil
import subprocess
from pathlib import Path

import pytest

SDK = Path(__file__).parents[2] / "clients" / "web"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node runs these tests, and is not installed")
def test_the_web_sdk_passes_its_own_tests() -> None:
    tests = [str(path) for path in sorted(SDK.glob("test/*.test.js"))]
    assert tests
    run = subprocess.run(["node", "--test", *tests], check=False, capture_output=True, text=True, timeout=100)
    assert run.returncode == 0, run.stdout + run.stderr
