import sys
from pathlib import Path

import pytest

from explorer.training.errors import SaveError
from explorer.training.tensorboard import write_logs
from tests.training.kept import a_run


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_curves_are_there(tmp_path: Path) -> None:
    pytest.importorskip("tensorboardX")
    from tensorboardX.proto.event_pb2 import Event

    record, _ = a_run()
    write_logs(record, tmp_path / "logs")
    (path,) = (tmp_path / "logs").iterdir()
    data = path.read_bytes()
    found: dict[str, dict[int, float]] = {}
    while data:
        # A record is its length, a checksum, the event and another checksum.
        length = int.from_bytes(data[:8], "little")
        event = Event.FromString(data[12 : 12 + length])
        for value in event.summary.value:
            found.setdefault(value.tag, {})[event.step] = value.simple_value
        data = data[16 + length :]
    losses = record.history.losses
    assert found["loss/train"] == pytest.approx(dict(enumerate(losses.tolist(), 1)))
    assert found["accuracy/test"] == pytest.approx(
        {epoch.step: epoch.test_accuracy for epoch in record.history.epochs}
    )
    assert found["loss/test"].keys() == {5, 10, 15}
    assert found["lr"] == pytest.approx({i: 0.01 if i <= 4 else 0.02 for i in range(1, 16)})


def test_without_the_package_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboardX", None)
    with pytest.raises(SaveError, match="pip install tensorboardX"):
        write_logs(a_run()[0], tmp_path)
