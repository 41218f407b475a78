"""The files that were opened or saved last."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QSettings

from explorer.ui.recent import MOST, RecentFiles, read, remember


@pytest.fixture
def ini(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def again(ini: QSettings) -> QSettings:
    """Return the settings as the next start reads them."""
    ini.sync()
    return QSettings(ini.fileName(), QSettings.Format.IniFormat)


def a_file(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("")
    return path.resolve()


def test_the_newest_comes_first_and_none_twice(tmp_path: Path) -> None:
    one, two = a_file(tmp_path, "one.json"), a_file(tmp_path, "two.json")
    assert RecentFiles().with_(one).with_(two).paths == (two, one)
    assert RecentFiles().with_(one).with_(two).with_(str(one)).paths == (one, two)


def test_other_ways_to_the_same_file_are_the_same_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_file(tmp_path, "scene.json")
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    recent = RecentFiles().with_(path).with_("scene.json")
    recent = recent.with_(tmp_path / "folder" / ".." / "scene.json")
    if sys.platform != "win32":
        (tmp_path / "link.json").symlink_to(path)
        recent = recent.with_("link.json")
    assert recent.paths == (path,)
    assert recent.without("scene.json") == RecentFiles()


def test_a_file_that_no_system_finds_is_let_go_of(tmp_path: Path) -> None:
    path = a_file(tmp_path, "scene.json")
    recent = RecentFiles().with_(path)
    names = ["long" * 999, "nul\0"]
    if sys.platform != "win32":
        (tmp_path / "circle.json").symlink_to("circle.json")
        names.append("circle.json")
    for name in names:
        lost = tmp_path.resolve() / name
        assert recent.without(lost) == recent
        assert recent.with_(lost).paths == (lost, path)
        assert recent.with_(lost).without(lost) == recent


def test_the_oldest_is_forgotten(tmp_path: Path) -> None:
    recent = RecentFiles()
    paths = [a_file(tmp_path, f"{number}.json") for number in range(MOST + 3)]
    for path in paths:
        recent = recent.with_(path)
    assert recent.paths == tuple(reversed(paths[-MOST:]))


def test_files_that_are_gone_are_not_shown_until_they_are_back(tmp_path: Path) -> None:
    one, two = a_file(tmp_path, "one.json"), a_file(tmp_path, "two.json")
    recent = RecentFiles().with_(one).with_(two).with_(tmp_path)
    assert recent.shown() == [two, one]  # a folder is not a scene
    two.unlink()
    assert recent.shown() == [one]
    two.write_text("")
    assert recent.shown() == [two, one]
    assert RecentFiles((tmp_path / ("long" * 999), one / "below")).shown() == []


def test_the_folder_that_was_used_last_is_proposed_while_it_is_there(tmp_path: Path) -> None:
    assert RecentFiles().folder() == Path.home()
    assert RecentFiles().with_(a_file(tmp_path, "one.json")).folder() == tmp_path.resolve()
    assert RecentFiles((tmp_path / "gone" / "one.json",)).folder() == Path.home()
    assert RecentFiles((tmp_path / ("long" * 999) / "one.json",)).folder() == Path.home()


@pytest.mark.parametrize("count", [0, 1, 2, MOST])
def test_they_are_remembered(ini: QSettings, tmp_path: Path, count: int) -> None:
    recent = RecentFiles()
    for number in range(count):
        recent = recent.with_(a_file(tmp_path, f"{number}, ä; %1 @Variant(x) 'é'.json"))
    remember(ini, recent)
    assert read(again(ini)) == recent


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all names are Unicode")
def test_a_name_that_is_not_utf_8_is_remembered(ini: QSettings, tmp_path: Path) -> None:
    path = a_file(tmp_path, os.fsdecode(b"caf\xe9.json"))
    remember(ini, RecentFiles().with_(path))
    assert read(again(ini)).shown() == [path]


def test_nothing_is_remembered_at_first(ini: QSettings) -> None:
    assert read(ini) == RecentFiles()


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "[",
        "[" * 100_000,
        "1",
        '"text"',
        "{}",
        '{"/a": 1}',
        '[1, null, true, [], {}, "", "relative.json", "/null\\u0000byte"]',
        ["/a", "/b"],
        12,
        b"\xff",
        True,
    ],
)
def test_garbage_is_left_out(ini: QSettings, garbage: object) -> None:
    remember(ini, RecentFiles((Path("/a"),)))
    assert len(ini.allKeys()) == 1
    ini.setValue(ini.allKeys()[0], garbage)
    assert read(ini) == RecentFiles()
    assert read(again(ini)) == RecentFiles()


def test_what_is_whole_among_garbage_is_kept_once_and_not_too_often(
    ini: QSettings, tmp_path: Path
) -> None:
    remember(ini, RecentFiles())
    one, two = ((tmp_path / name).as_posix() for name in ("one", "two"))
    ini.setValue(ini.allKeys()[0], f'[null, "{one}", 3, "{two}", "{one}"]')
    assert read(ini).paths == (Path(one), Path(two))
    remember(ini, RecentFiles(tuple(tmp_path / str(number) for number in range(99))))
    assert len(read(ini).paths) == MOST


@given(st.text() | st.integers() | st.lists(st.text()))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_value_does_harm(ini: QSettings, value: object) -> None:
    remember(ini, RecentFiles())
    ini.setValue("lab/recent", value)
    assert read(ini) == RecentFiles()
