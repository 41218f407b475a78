import os
import threading

import pytest
import torch

from explorer.training.threads import thread_count, torch_threads, use_one_thread


def test_the_setting_is_put_back_even_after_an_error():
    before = torch.get_num_threads()

    def fail() -> None:
        with torch_threads(before + 1):
            assert torch.get_num_threads() == before + 1
            raise EOFError

    with pytest.raises(EOFError):
        fail()
    assert torch.get_num_threads() == before


def test_it_holds_in_the_thread_that_asks_for_it():
    seen = []

    def work() -> None:
        with torch_threads(3):
            seen.append(torch.get_num_threads())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [3]
    assert torch.get_num_threads() == 1, "one thread in tests"


def test_one_thread_is_for_the_thread_that_asks_and_for_no_other():
    seen = []

    def begin_another() -> None:
        thread = threading.Thread(target=lambda: seen.append(torch.get_num_threads()))
        thread.start()
        thread.join()

    def work() -> None:
        torch.set_num_threads(3)
        begin_another()
        use_one_thread()
        seen.append(torch.get_num_threads())
        begin_another()

    before = torch.get_num_threads()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    torch.set_num_threads(before)
    assert seen == [3, 1, 3]


def test_a_run_that_begins_meanwhile_does_not_get_the_one_thread(monkeypatch: pytest.MonkeyPatch):
    seen: list[int] = []

    def begin() -> None:
        with torch_threads(5):
            pass
        seen.append(torch.get_num_threads())

    run = threading.Thread(target=begin)
    set_count = torch.set_num_threads

    def set_and_let_a_run_begin(count: int) -> None:
        set_count(count)
        if count == 1:
            run.start()
            run.join(0.3)  # as long as nothing else happens

    def work() -> None:
        torch.set_num_threads(3)
        monkeypatch.setattr(torch, "set_num_threads", set_and_let_a_run_begin)
        use_one_thread()

    before = torch.get_num_threads()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    run.join()
    set_count(before)
    assert seen == [3]


def test_one_core_stays_free(monkeypatch: pytest.MonkeyPatch):
    cores = os.cpu_count() or 1
    monkeypatch.delenv("OMP_NUM_THREADS")
    with torch_threads(cores):
        assert 1 <= thread_count() <= max(1, cores - 1)
        monkeypatch.setenv("OMP_NUM_THREADS", str(cores))
        assert thread_count() == cores


@pytest.mark.parametrize(
    ("written", "count"), [("2", 2), (" 3 ", 3), ("4,2", 4), ("64", 64), ("2, 1", 2)]
)
def test_the_users_count_holds_whatever_torch_is_set_to(
    monkeypatch: pytest.MonkeyPatch, written: str, count: int
):
    monkeypatch.setenv("OMP_NUM_THREADS", written)
    assert torch.get_num_threads() == 1, "as in the window's thread"
    assert thread_count() == count


@pytest.mark.parametrize("written", ["", "0", "-2", "two", "1.5", "²", "99999999", ",2", "1 2"])
def test_a_count_that_means_nothing_is_ignored(monkeypatch: pytest.MonkeyPatch, written: str):
    monkeypatch.delenv("OMP_NUM_THREADS")
    usual = thread_count()
    monkeypatch.setenv("OMP_NUM_THREADS", written)
    assert thread_count() == usual
