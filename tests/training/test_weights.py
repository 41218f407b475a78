import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import safetensors
import safetensors.torch
import torch

from explorer.core.network.naming import network_named
from explorer.training import weights
from explorer.training.checkpoint import Array, Checkpoint
from explorer.training.errors import RunFileError, SaveError
from explorer.training.history import History
from explorer.training.networks import build
from explorer.training.record import Record
from explorer.training.runfile import save_run
from explorer.training.settings import NETWORK_NAMES, Settings
from explorer.training.shapes import shapes_of
from tests.training.own_networks import OWN, plain


def own(name: str, seed: int = 3) -> dict[str, Array]:
    """Return a network's weights as a checkpoint has them."""
    return {key: tensor.numpy() for key, tensor in build(name, seed).state_dict().items()}


def refusal(path: Path, network: str = "compact", *, new_head: bool = False) -> str:
    """Return why a file is refused, which is one line that says what to do."""
    with pytest.raises(RunFileError) as caught:
        weights.opened(path).fitting(network, new_head=new_head)
    said = str(caught.value)
    assert "\n" not in said and said.endswith(".") and "; " in said
    assert caught.value.meaning.context == "training"
    return said


@pytest.mark.parametrize("suffix", weights.SUFFIXES)
@pytest.mark.parametrize("name", [*NETWORK_NAMES, *OWN.values()])
def test_what_is_exported_is_a_plain_state_dict(name: str, suffix: str, tmp_path: Path):
    path = tmp_path / f"weights{suffix}"
    path.write_bytes(b"something older")
    weights.export_weights(own(name), path, name)
    if suffix == ".safetensors":
        state = safetensors.torch.load_file(path)
        with safetensors.safe_open(path, "pt") as file:
            assert file.metadata() == {"format": "pt", "network": name}
    else:
        state = torch.load(path, weights_only=True)
    again = plain(network_named(name)).eval()
    again.load_state_dict(state, strict=True)
    x = torch.randn(2, 1, 28, 28)
    assert torch.equal(again(x), build(name, 3).eval()(x))
    assert list(tmp_path.iterdir()) == [path]

    loaded = weights.opened(path).fitting(name)
    assert list(loaded) == list(own(name))
    assert all(np.array_equal(loaded[key], array) for key, array in own(name).items())


@pytest.mark.parametrize("name", ["all_convolutional", OWN["normed"]])
def test_the_state_of_plain_modules_is_read(name: str, tmp_path: Path):
    model = plain(network_named(name))
    model(torch.randn(5, 1, 28, 28))
    state = model.state_dict()
    assert [count.item() for key, count in state.items() if key.endswith("_tracked")][:1] == [1]
    torch.save(state, tmp_path / "a.pt")
    safetensors.torch.save_file(state, tmp_path / "b.safetensors")
    for path in tmp_path.iterdir():
        found = weights.opened(path).fitting(name)
        assert found.keys() == own(name).keys()
        assert all(np.array_equal(found[key], state[key].numpy()) for key in found)


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
@pytest.mark.parametrize("name", [*NETWORK_NAMES, *OWN.values()])
def test_the_state_of_modules_without_names_is_read(name: str, suffix: str, tmp_path: Path):
    path, model = tmp_path / f"numbered{suffix}", plain(network_named(name), names=False)
    state = model.state_dict()
    if suffix == ".pt":
        torch.save(state, path)
    else:
        safetensors.torch.save_file(state, path)
    held = weights.opened(path)
    found = held.fitting(name)
    assert found.keys() == own(name).keys()
    again = plain(network_named(name)).eval()
    again.load_state_dict({key: torch.tensor(array) for key, array in found.items()}, strict=False)
    x = torch.randn(2, 1, 28, 28)
    assert torch.equal(again(x), model.eval()(x))
    if name in NETWORK_NAMES:
        assert shapes_of(held.network()) == shapes_of(name)


def test_numbers_of_other_layers_are_refused(tmp_path: Path):
    path = tmp_path / "numbered.pt"
    state = plain(network_named("compact"), names=False).state_dict()
    torch.save({key: value for key, value in state.items() if not key.startswith("0.")}, path)
    assert "'conv1.weight' is missing" in refusal(path)
    torch.save({**state, **{f"0{key}": value.clone() for key, value in state.items()}}, path)
    assert "is missing" in refusal(path)
    torch.save({f"{'9' * 9}{key}": value for key, value in state.items()}, path)
    assert "is missing" in refusal(path)
    torch.save(state, path)
    assert "the weights of the network 'compact', not of 'lenet5'" in refusal(path, "lenet5")
    torch.save({key: value.transpose(0, -1) for key, value in state.items()}, path)
    assert "has the shape" in refusal(path)


def test_a_damaged_last_layer_is_refused_even_where_it_is_left_out(tmp_path: Path):
    path, state = tmp_path / "weights.pt", own("compact")
    state["fc.bias"][3] = np.nan
    weights.export_weights(state, path, "compact")
    for new_head in (False, True):
        assert "values in fc.bias that are not finite" in refusal(path, new_head=new_head)


@pytest.mark.parametrize("classes", [1, 2, 10, 64, 65, 1000])
@pytest.mark.parametrize("name", NETWORK_NAMES)
def test_weights_find_the_network_that_has_a_name(name: str, classes: int):
    arrays = {key: np.zeros(shape, "f4") for key, shape in shapes_of(name, classes).items()}
    held = weights.Held(Path("some.pt"), arrays)
    if 2 <= classes <= 64:
        assert shapes_of(held.network(), classes) == shapes_of(name, classes)
    else:
        with pytest.raises(RunFileError, match="of none of the networks"):
            held.network()
    with pytest.raises(RunFileError, match="of none of the networks"):
        weights.Held(Path("some.pt"), {"fc.weight": np.zeros((10, 320), "f4")}).network()


def test_variances_are_not_below_nothing(tmp_path: Path):
    path, name = tmp_path / "weights.pt", OWN["normed"]
    state = own(name)
    state["norm.running_var"][2] = -0.5
    weights.export_weights(state, path, name)
    assert "norm.running_var that are not finite" in refusal(path, name)


def test_a_network_without_a_name_is_told_by_safetensors_alone(tmp_path: Path):
    name = OWN["normed"]
    for suffix in (".safetensors", ".pt"):
        weights.export_weights(own(name), tmp_path / f"weights{suffix}", name)
    told, untold = (weights.opened(tmp_path / f"weights{s}") for s in (".safetensors", ".pt"))
    assert (told.told, told.network(), untold.told) == (name, name, None)
    assert told.network(new_head=True) == name
    with pytest.raises(RunFileError, match="or say which network it is"):
        untold.network()
    assert untold.fitting(name).keys() == own(name).keys()
    weights.export_weights(own("compact"), tmp_path / "other.pt", "compact")
    said = refusal(tmp_path / "other.pt", name)
    assert "network 'compact', not of 'own network, 6 layers'" in said


@pytest.mark.parametrize(
    "told", ["", "alexnet", "nn.Sequential()", "__import__('os').abort()", "compact\n", "lenet5"]
)
def test_what_a_file_says_of_its_network_is_not_trusted(told: str, tmp_path: Path):
    path = tmp_path / "weights.safetensors"
    weights.export_weights(own("compact"), path, told)
    assert weights.opened(path).network() == "compact"


def test_a_channels_last_network_from_elsewhere_is_read(tmp_path: Path):
    network = build("compact", 5).to(memory_format=torch.channels_last)
    torch.save(network.state_dict(), tmp_path / "a.pt")
    safetensors.torch.save_file(
        {key: tensor.contiguous() for key, tensor in network.state_dict().items()},
        tmp_path / "b.bin",
    )
    for path in tmp_path.iterdir():
        loaded = weights.opened(path).fitting("compact")
        assert all(np.array_equal(loaded[key], array) for key, array in own("compact", 5).items())


def test_the_weights_of_a_run_are_read(tmp_path: Path):
    path = tmp_path / "run.safetensors"
    record = Record(Settings(network="classic"), History())
    save_run(record, Checkpoint(0, own("classic")), path)
    assert list(weights.opened(path).fitting("classic")) == list(own("classic"))
    assert "of the network 'classic', not of 'compact'" in refusal(path)


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
def test_another_network_is_named(suffix: str, tmp_path: Path):
    path = tmp_path / f"weights{suffix}"
    weights.export_weights(own("lenet5"), path, "lenet5")
    for new_head in (False, True):
        said = refusal(path, new_head=new_head)
        assert "the network 'lenet5', not of 'compact'" in said


@pytest.mark.parametrize("classes", [1, 65])
def test_a_last_layer_for_too_many_classes_is_refused(tmp_path: Path, classes: int):
    path = tmp_path / "weights.pt"
    state = own("compact")
    state["fc.weight"] = np.zeros((classes, 320), "f4")
    state["fc.bias"] = np.zeros(classes, "f4")
    weights.export_weights(state, path, "compact")
    assert f"holds a last layer for {classes} classes; choose one for 2 to 64" in refusal(path)
    assert "fc.bias" not in weights.opened(path).fitting("compact", new_head=True)


def test_a_new_head_leaves_out_the_last_layer(tmp_path: Path):
    path = tmp_path / "weights.pt"
    state = own("compact")
    state["fc.weight"], state["fc.bias"] = np.zeros((26, 320), "f4"), np.zeros(26, "f4")
    weights.export_weights(state, path, "compact")
    held = weights.opened(path)
    assert held.fitting("compact").keys() == state.keys()
    assert held.network() == "compact"
    assert set(held.fitting("compact", new_head=True)) == {
        "conv1.weight",
        "conv1.bias",
        "conv2.weight",
        "conv2.bias",
    }


def test_what_does_not_fit_is_told(tmp_path: Path):
    path = tmp_path / "weights.safetensors"
    missing = {key: array for key, array in own("compact").items() if key != "conv2.bias"}
    weights.export_weights(missing, path, "compact")
    assert "'conv2.bias' is missing" in refusal(path)
    weights.export_weights({**own("compact"), "conv3.bias": np.ones(2, "f4")}, path, "compact")
    assert "has no 'conv3.bias'" in refusal(path)
    weights.export_weights({**own("compact"), "conv2.bias": np.full(20, np.nan, "f4")}, path, "")
    assert "conv2.bias that are not finite float32" in refusal(path)
    weights.export_weights({**own("compact"), "conv2.bias": np.ones(20)}, path, "compact")
    assert "numbers of the type 'float64' in 'conv2.bias'; save them as float32" in refusal(path)
    half = {key: torch.tensor(array).bfloat16() for key, array in own("compact").items()}
    safetensors.torch.save_file(half, path)
    assert "numbers of the type 'BF16'" in refusal(path)


@pytest.mark.parametrize("dtype", ["float64", "float16", "bfloat16", "int64", "int32", "uint8"])
@pytest.mark.parametrize("is_parameter", [True, False])
def test_a_state_dict_of_another_type_is_told_what_to_do(
    dtype: str, is_parameter: bool, tmp_path: Path
):
    kind = getattr(torch, dtype)
    state = {key: torch.tensor(array).to(kind) for key, array in own("compact").items()}
    if is_parameter:
        state = {key: torch.nn.Parameter(array, False) for key, array in state.items()}
    path = tmp_path / "weights.pt"
    torch.save(state, path)
    assert refusal(path) == (
        f"'{path}' holds numbers of the type '{dtype}' in 'conv1.weight'; "
        "save them as float32 first."
    )


def test_a_name_must_say_the_kind(tmp_path: Path):
    with pytest.raises(SaveError, match=r"must end in \.pt, \.pth or \.safetensors"):
        weights.export_weights(own("compact"), tmp_path / "weights.onnx", "compact")


class Bomb:
    """What a crafted file would run if anybody let it."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (self.trace,)  # type: ignore[return-value]


def test_no_code_is_executed(tmp_path: Path):
    path, trace = tmp_path / "weights.pt", tmp_path / "trace"
    torch.save({"conv1.weight": Bomb(trace)}, path)
    assert "more than weights" in refusal(path)
    path.write_bytes(pickle.dumps(Bomb(trace)))
    assert "no weights that can be read" in refusal(path)
    assert not trace.exists()


@pytest.mark.parametrize(
    "content",
    [
        {},
        [1, 2],
        {"conv1.weight": "text"},
        {1: torch.zeros(2)},
        {"network": {"conv1.weight": torch.zeros(2)}},
        {"conv1.weight": torch.zeros(2, dtype=torch.float64)},
        {"conv1.weight": torch.zeros(2, 2).to_sparse()},
        {"conv1.weight": torch.zeros(2, device="meta")},
        {"conv1.weight": torch.zeros(1).expand(10**6, 10**6)},
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_is_no_state_dict_is_refused(content: object, tmp_path: Path):
    path = tmp_path / "weights.pt"
    torch.save(content, path)
    refusal(path)


def test_archives_that_swell_are_refused(tmp_path: Path):
    path = tmp_path / "weights.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", b"\0" * (1 << 24))
    assert path.stat().st_size < 1 << 16
    assert "unpacks to more" in refusal(path)

    # Entries that lie about their sizes, in the directory at the end.
    weights.export_weights(own("compact"), path, "compact")
    data = bytearray(path.read_bytes())
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 24 : place + 28] = struct.pack("<I", 2**31)
        place = data.find(b"PK\x01\x02", place + 4)
    path.write_bytes(data)
    assert "unpacks to more" in refusal(path)


def test_foreign_and_cut_off_files_are_refused(tmp_path: Path):
    path = tmp_path / "weights.pt"
    for content in (b"hello", b"PK\x03\x04", b"PK\x03\x04" + bytes(1000), bytes(8) + b"{"):
        path.write_bytes(content)
        refusal(path)
    weights.export_weights(own("compact"), path, "compact")
    path.write_bytes(path.read_bytes()[:-100])
    assert "damaged archive" in refusal(path)
    with io.BytesIO() as old:
        torch.save({"a": torch.zeros(1)}, old, _use_new_zipfile_serialization=False)
        path.write_bytes(old.getvalue())
    assert "since PyTorch 1.6" in refusal(path)


@pytest.mark.parametrize(
    "pickled",
    [
        b"\x80\x02c__builtin__\nbytearray\nJ\xff\xff\xff\x7f\x85R.",
        b"\x80\x02cos\nsystem\nX\x02\x00\x00\x00ls\x85R.",
        b"\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x02ls\x85R.",
        b"\x80\x02" + b"(" * 2**21 + b".",
        b"no pickle",
    ],
    ids=["bytearray", "os", "protocol 4", "long", "none"],
)
def test_a_pickle_that_names_anything_else_is_not_even_read(pickled: bytes, tmp_path: Path):
    path = tmp_path / "bomb.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", pickled)
        archive.writestr("archive/version", "3")
    said = refusal(path)
    assert "holds more than weights" in said or "damaged archive" in said


def test_numbers_that_are_marked_as_negated_are_read(tmp_path: Path):
    state = {name: torch.tensor(array) for name, array in own("compact").items()}
    negated = torch.complex(torch.zeros(20), -state["conv2.bias"]).conj().imag
    assert negated.is_neg()
    path = tmp_path / "negated.pt"
    torch.save({**state, "conv2.bias": negated}, path)
    try:
        found = weights.opened(path).fitting("compact")
    except RunFileError as error:
        assert "is not a state_dict" in str(error) or "holds more than weights" in str(error)
    else:
        assert np.array_equal(found["conv2.bias"], state["conv2.bias"].numpy())
