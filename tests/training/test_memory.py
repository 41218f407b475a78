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

_POOLS = """
import ctypes
import threading
import psutil
from explorer.training import memory

memory.share_one_pool()
memory.keep_freed_memory()
library = ctypes.CDLL(None)
library.malloc.argtypes, library.malloc.restype = [ctypes.c_size_t], ctypes.c_void_p
library.memset.argtypes = ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t
library.free.argtypes, library.free.restype = [ctypes.c_void_p], None
blocks = [0] * 40

def work():
    for i in range(len(blocks)):
        blocks[i] = library.malloc(2**20)
        library.memset(blocks[i], 1, 2**20)

def resident():
    return psutil.Process().memory_info().rss / 2**20

thread = threading.Thread(target=work)
thread.start()
thread.join()
before = resident()
for block in blocks:
    library.free(block)
memory.give_back_holes()
print(before - resident())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc")
def test_what_a_thread_has_made_is_given_back_when_another_one_frees_it():
    assert float(_printed(_POOLS)) > 30, "of 40 MiB; nearly nothing without share_one_pool"


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about glibc")
def test_a_step_asks_for_no_new_memory():
    faults = float(_printed(_COUNT))
    assert faults < 50, "page faults per step; hundreds without keep_freed_memory"


def _printed(script: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    ).stdout
