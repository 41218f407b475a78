"""The one test on a real screen: ``CNN_EXPLORER_WINDOW=1 xvfb-run -a uv run pytest -m window``."""

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.mark.window
def test_the_window_opens_plays_and_closes(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    ran = subprocess.run(
        [sys.executable, str(HERE / "real_window.py"), str(picture)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert picture.stat().st_size > 0
