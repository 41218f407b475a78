"""Code in a process of its own, which nothing that ran before has touched."""

import subprocess
import sys
from pathlib import Path


def printed_by(code: str) -> str:
    """Run Python code in the project's folder, and return what it prints.

    Raises
    ------
    subprocess.CalledProcessError
        When it fails.
    """
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    return ran.stdout
