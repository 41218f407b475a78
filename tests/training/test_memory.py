import platform
import subprocess
import sys
from pathlib import Path

import pytest

# In a process of its own: what ran before has a say in how glibc treats memory.
_COUNT = """
import resource
import torch
from explorer.data.digits import load
from explorer.training.engine import Run
from explorer.training.settings import Settings

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

run = Run(Settings(device="cpu", epochs=1), load("bundled"))
for _ in run:
    if run.step == 50:
        before = faults()
    if run.step == 100:
        print((faults() - before) / 50)
        break
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc")
def test_a_step_asks_for_no_new_memory():
    ran = subprocess.run(
        [sys.executable, "-c", _COUNT],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert float(ran.stdout) < 50, "page faults per step; hundreds without keep_freed_memory"
