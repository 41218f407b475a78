"""A pasted nn.Sequential is read as torch would make it, and mistakes are found where they are."""

import contextlib
import dataclasses
from collections import OrderedDict

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.core.layers import (
    BatchNorm2d,
    Conv2d,
    ConvTranspose2d,
    Dropout,
    Flatten,
    GroupNorm,
    LeakyReLU,
    Linear,
    LogSoftmax,
    MaxPool2d,
    Module,
    ReLU,
)
from explorer.core.layers.module import LARGEST
from explorer.core.network import Network
from explorer.core.network.reader import LONGEST, ReadError, read_network
from explorer.core.network.source import written
from explorer.core.network.stack import MOST_LAYERS
from tests.core.any_layers import any_modules
from tests.core.network.strategies import any_networks

EXAMPLE = Network((Conv2d(1, 10, (5, 5)), ReLU(), MaxPool2d((2, 2)), Flatten(), Linear(1440, 10)))
LAYERS = "nn.Conv2d(1, 10, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1440, 10)"
PAIRS = (
    '("a", nn.Conv2d(1, 10, 5)), ("b", nn.ReLU()), ("c", nn.MaxPool2d(2)), ("d", nn.Flatten()), '
    '("e", nn.Linear(1440, 10))'
)


def refusal(text: str) -> ReadError:
    with pytest.raises(ReadError) as refused:
        read_network(text)
    error = refused.value
    assert 0 <= error.start <= error.end <= len(text)
    assert error.start < error.end or not text
    sentence = str(error)
    assert sentence == str(error.meaning) and sentence.endswith((".", "?"))
    assert "\n" not in sentence
    return error


HANDS = {
    "nn": f"nn.Sequential({LAYERS})",
    "torch.nn": f"torch.nn.Sequential({LAYERS.replace('nn.', 'torch.nn.')})",
    "bare": f"Sequential({LAYERS.replace('nn.', '')})",
    "assigned": f"model = nn.Sequential({LAYERS},)",
    "in a list": f"self.features = nn.Sequential({LAYERS}),",
    "imports": f"import torch\nfrom torch import nn\n\nmodel = nn.Sequential({LAYERS})  # done",
    "one line": f"import torch; from torch import nn; model = nn.Sequential({LAYERS});",
    "indented": f"  # the\n\n\t# first\r\n    model = nn.Sequential({LAYERS})\n  # and last",
    "lines": "nn.Sequential(\n    " + LAYERS.replace(", nn", ",  # next\r\n    nn") + ",\n)\n",
    "pairs": f"nn.Sequential(OrderedDict([{PAIRS}],))",
    "tuples": f"nn.Sequential(collections.OrderedDict(({PAIRS},)))",
    "lists": f"nn.Sequential(OrderedDict([{PAIRS}]))".replace(
        '("b", nn.ReLU())', "['b', nn.ReLU()]"
    ),
    "names": """nn.Sequential(OrderedDict(a=nn.Conv2d(1, 10, 5), b=nn.ReLU(),
        c=nn.MaxPool2d(2), d=nn.Flatten(), e=nn.Linear(1440, 10)))""",
    "pairs and names": """nn.Sequential(OrderedDict([("a", nn.Conv2d(1, 10, 5)), ("b", nn.ReLU())],
        c=nn.MaxPool2d(2), d=nn.Flatten(), e=nn.Linear(1440, 10)))""",
    "braces": """nn.Sequential(OrderedDict({"a": nn.Conv2d(1, 10, 5), "b": nn.ReLU(),
        "c": nn.MaxPool2d(2), "d": nn.Flatten(), "e": nn.Linear(1440, 10)}))""",
    "nested": """nn.Sequential(
        nn.Sequential(nn.Conv2d(1, 10, 5), nn.Sequential(nn.ReLU())),
        nn.Sequential(),
        nn.MaxPool2d(2),
        nn.Sequential(OrderedDict(end=nn.Sequential(
            OrderedDict([("a", nn.Flatten()), ("b", nn.Linear(1440, 10))])))))""",
    "arguments": """nn.Sequential(nn.Conv2d(kernel_size=5, out_channels=10, in_channels=1),
        nn.ReLU(False), nn.MaxPool2d((2, 2), None), nn.Flatten(1, -1),
        nn.Linear(1440, 10, True, device=None, dtype=None))""",
}


@pytest.mark.parametrize("text", HANDS.values(), ids=HANDS)
def test_one_network_in_many_hands(text: str) -> None:
    assert read_network(text) == EXAMPLE


@pytest.mark.parametrize(
    ("line", "layer"),
    [
        ("nn.Linear(320, 50)", Linear(320, 50)),
        ("nn.Linear(320, 50, False)", Linear(320, 50, bias=False)),
        ("nn.ReLU(True)", ReLU(inplace=True)),
        ("nn.ReLU(inplace=True)", ReLU(inplace=True)),
        ("nn.LeakyReLU(0.1, True)", LeakyReLU(0.1, inplace=True)),
        ("nn.Dropout()", Dropout()),
        ("nn.Dropout(0.25, inplace=True)", Dropout(0.25, inplace=True)),
        ("nn.Dropout(1)", Dropout(1.0)),
        ("nn.BatchNorm2d(16)", BatchNorm2d(16)),
        ("nn.BatchNorm2d(16, 1e-3, 0.01, False, False)", BatchNorm2d(16, 1e-3, 0.01, False, False)),
        ("nn.GroupNorm(4, 16)", GroupNorm(4, 16)),
        ("nn.GroupNorm(2, 8, eps=1e-3, affine=False)", GroupNorm(2, 8, 1e-3, affine=False)),
        ("nn.LogSoftmax(dim=-1)", LogSoftmax(-1)),
        ("nn.LogSoftmax(1)", LogSoftmax(1)),
        ("nn.Flatten(end_dim=2)", Flatten(end_dim=2)),
        ("nn.MaxPool2d(2, return_indices=True)", MaxPool2d((2, 2), return_indices=True)),
    ],
)
def test_layers_as_people_write_them(line: str, layer: Module) -> None:
    assert read_network(f"nn.Sequential({line})") == Network((layer,))


@given(any_modules())
def test_every_argument_by_position_or_by_name(layer: Module) -> None:
    values = [(f.name, getattr(layer, f.name)) for f in dataclasses.fields(layer)]
    kind = type(layer).__name__
    by_position = f"{kind}({', '.join(repr(value) for _, value in values)})"
    by_name = f"nn.{kind}({', '.join(f'{n}={v!r}' for n, v in values[::-1])})"
    assert read_network(f"Sequential({by_position}, {by_name})") == Network((layer, layer))


@pytest.mark.parametrize(
    ("text", "piece", "hint"),
    [
        ("", "", "such as nn.Sequential"),
        ("  ", "  ", "such as nn.Sequential"),
        ("import torch", "import torch", "such as nn.Sequential"),
        ("nn.Sequential", "nn.Sequential", "such as nn.Sequential"),
        ("nn.Conv2d(1, 1, 3)", "nn.Conv2d(1, 1, 3)", "such as nn.Sequential"),
        ("nn.Sequential(nn.ReLU()).cuda()", "nn.Sequential(nn.ReLU()).cuda()", "such as nn.Seq"),
        ("nn.Sequential(nn.ReLU())(x)", "nn.Sequential(nn.ReLU())(x)", "such as nn.Sequential"),
        ("nn.ModuleList([nn.ReLU()])", "nn.ModuleList([nn.ReLU()])", "such as nn.Sequential"),
        ("class A: pass", "class A: pass", "such as nn.Sequential"),
        ("a, b = nn.Sequential(nn.ReLU())", "a, b", "such as nn.Sequential"),
        ("nn.Sequential(nn.ReLU()); print(1)", "print(1)", "one network only"),
        ("nn.Sequential(nn.ReLU()), 3", "3", "one network only"),
        ("nn.Sequential()", "nn.Sequential()", "no layer in it"),
        ("nn.Sequential(nn.Sequential())", "nn.Sequential(nn.Sequential())", "no layer in it"),
        ("nn.Sequential(OrderedDict())", "nn.Sequential(OrderedDict())", "no layer in it"),
        ("nn.Sequential(nn.ReLU)", "nn.ReLU", "parentheses"),
        ("nn.Sequential(relu)", "relu", "Write a layer here"),
        ("nn.Sequential([nn.ReLU()])", "[nn.ReLU()]", "Write a layer here"),
        ("nn.Sequential({'a': nn.ReLU()})", "{'a': nn.ReLU()}", "Write a layer here"),
        ("nn.Sequential(nn.ReLU(), OrderedDict())", "OrderedDict", "no layer OrderedDict"),
        ("nn.Sequential(*[nn.ReLU()])", "*[nn.ReLU()]", "stars"),
        ("nn.Sequential(**layers)", "**layers", "stars"),
        ("nn.Sequential(a=nn.ReLU())", "a=nn.ReLU()", "without names"),
        ("nn.Sequential(nn.Relu())", "Relu", "did you mean ReLU?"),
        ("nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))", "BatchNorm1d", "mean BatchNorm2d?"),
        ("nn.Sequential(nn.Transformer())", "Transformer", "write one of Conv2d, "),
        ("nn.Sequential(F.relu(x))", "F.relu", "Write a layer here"),
        ("nn.Sequential(nn.ReLU(inplace=true))", "true", "Write True with a capital"),
        ("nn.Sequential(nn.ReLU(1))", "1", "inplace must be True or False"),
        ("nn.Sequential(nn.Dropout(1.5))", "1.5", "p must be from 0 to 1"),
        ("nn.Sequential(nn.Dropout(p=-0.1))", "-0.1", "p must be from 0 to 1"),
        ("nn.Sequential(nn.Sigmoid(1))", "1", "Sigmoid takes 0"),
        ("nn.Sequential(nn.Tanh(inplace=True))", "inplace", "Tanh takes no arguments"),
        ("nn.Sequential(nn.Linear(2))", ")", "out_features is missing"),
        ("nn.Sequential(nn.Linear(0, 2))", "0", "in_features must be at least 1"),
        ("nn.Sequential(nn.Linear(2, 99999))", "99999", "out_features must be at most"),
        ("nn.Sequential(nn.BatchNorm2d(2, momentum=None))", "None", "momentum must be a number"),
        ("nn.Sequential(nn.Softmax(dim=4.0))", "4.0", "dim must be a whole number"),
        ("nn.Sequential(OrderedDict([nn.ReLU()]))", "nn.ReLU()", "Write pairs"),
        ("nn.Sequential(OrderedDict([('a',)]))", "('a',)", "Write pairs"),
        ("nn.Sequential(OrderedDict(pairs))", "pairs", "Write pairs"),
        ("nn.Sequential(OrderedDict([], []))", "[], []", "Write pairs"),
        ("nn.Sequential(OrderedDict({**a}))", "{**a}", "Write pairs"),
        ("nn.Sequential(OrderedDict(**a))", "**a", "stars"),
        ("nn.Sequential(OrderedDict([(1, nn.ReLU())]))", "1", "in quotes"),
        ("nn.Sequential(OrderedDict([(a, nn.ReLU())]))", "a", "in quotes"),
        ("nn.Sequential(OrderedDict([('', nn.ReLU())]))", "''", "no dot"),
        ("nn.Sequential(OrderedDict([('a.b', nn.ReLU())]))", "'a.b'", "no dot"),
        ("nn.Sequential(OrderedDict([('a', nn.ReLU())], a=nn.ReLU()))", "a", "given twice"),
        ("nn.Sequential(nn.ReLU()", "(", "never closed"),
        ("nn.Sequential(nn.ReLU()\x00)", "\x00", "cannot be read"),
        ("nn.Sequential(nn.ReLU('\ud800'))", "\ud800", "cannot be read"),
        (f"nn.Sequential(nn.Linear(2, {10**100}))", str(10**100), "at most"),
    ],
)
def test_a_mistake_is_found_where_it_is(text: str, piece: str, hint: str) -> None:
    error = refusal(text)
    assert text[error.start : error.end] == piece
    assert hint in str(error)


def test_the_place_of_a_mistake_is_in_the_text_as_it_was_given() -> None:
    text = "\n  # größe\n  net = nn.Sequential(\n    nn.ReLU(),  # ßß\n    nn.Dropout(ä),\n)"
    error = refusal(text)
    assert error.start == text.index("ä)") and error.end == error.start + 1


@pytest.mark.parametrize("given", [MOST_LAYERS, MOST_LAYERS + 1])
def test_a_network_has_so_many_layers_and_no_more(given: int) -> None:
    text = f"nn.Sequential({', '.join(['nn.ReLU()'] * (given - 1))}, nn.Sequential(nn.Tanh()))"
    if given == MOST_LAYERS:
        assert len(read_network(text).layers) == MOST_LAYERS
        return
    error = refusal(text)
    assert text[error.start : error.end] == "nn.Tanh()"
    assert f"at most {MOST_LAYERS} layers" in str(error) and str(given) in str(error)


def test_the_longest_network_is_read_back() -> None:
    pair = (LARGEST, LARGEST - 1)
    longest = ConvTranspose2d(LARGEST, LARGEST, pair, pair, pair, pair, LARGEST, False, pair)
    network = Network((longest,) * MOST_LAYERS)
    assert len(written(network)) <= LONGEST
    assert read_network(written(network)) == network


@pytest.mark.parametrize(
    "text",
    [
        "(" * LONGEST,
        "nn.Sequential(" * 1_400,
        "nn.Sequential(" * 90 + ")" * 90,
        "nn.Sequential(" * 1_300 + ")" * 1_300,
        "nn.Sequential(nn.Dropout(" + "-" * 19_000 + "1))",
        "nn.Sequential(nn.Dropout(" + "(" * 150 + "1" + ",)" * 150 + "))",
        "nn.Sequential(nn.Dropout(" + "[" * 5_000 + "]" * 5_000 + "))",
        "nn.Sequential" + "()" * 9_000,
        "a" + ".a" * 9_000 + "()",
        "a = " * 4_900 + "nn.ReLU()",
        "not " * 4_900 + "1",
        "1" + "+1" * 9_000,
        "nn.Sequential(nn.Linear(1, " + "9" * 19_000 + "))",
        "nn.Sequential(nn.Linear(1, 0x" + "f" * 19_000 + "))",
        "nn.Sequential(nn.Linear(1, -0x" + "f" * 19_000 + "))",
        "nn.Sequential(nn.Dropout(0x" + "f" * 19_000 + "))",
        "nn.Sequential(nn.Dropout(1e999))",
        "nn.Sequential(nn.ELU(-1e999))",
        "nn.Sequential(nn.Dropout(" + "1, " * 6_000 + "))",
        "nn.Sequential(" + "nn.ReLU()," * 1_900 + ")",
        "nn.Sequential(nn.ReLU())" + " " * LONGEST,
        "x: nn.Module = nn.Sequential(nn.ReLU())",
        "lambda: nn.Sequential(nn.ReLU())",
        "\ufeffnn.Sequential(nn.ReLU(k))",
        "\x0cnn.Sequential(nn.ReLU(k))",
    ],
)
def test_the_strange_and_the_huge_are_refused(text: str) -> None:
    refusal(text)


def test_nothing_is_executed() -> None:
    text = "nn.Sequential(nn.Dropout(__import__('pathlib').Path('/tmp').touch()))"
    error = refusal(text)
    assert text[error.start : error.end] == text[25:-2]


@given(any_networks(3), st.data())
def test_any_damage_is_one_sentence(network: Network, data: st.DataObject) -> None:
    line = written(network)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(line))] * 2)))
    damaged = line[:start] + data.draw(st.text(max_size=5)) + line[end:]
    with contextlib.suppress(ReadError):
        read_network(damaged)
        return
    refusal(damaged)


@given(st.text(alphabet="nSequtial.ReLU(),=[]{}'\"\\#1-0 \n\r\tä;:*\x00", max_size=30))
def test_any_text_is_one_sentence(piece: str) -> None:
    for text in (piece, f"nn.Sequential({piece})", f"nn.Sequential(OrderedDict({piece}))"):
        with contextlib.suppress(ReadError):
            read_network(text)
            continue
        refusal(text)


@given(any_networks(3))
def test_what_is_read_is_what_torch_makes(network: Network) -> None:
    names = {"nn": torch.nn, "OrderedDict": OrderedDict}
    pairs = ", ".join(f"('a{i}', {written(Network((x,)))})" for i, x in enumerate(network.layers))
    text = f"nn.Sequential(OrderedDict([{pairs}]))"
    assert read_network(text) == network
    try:
        made = eval(text, names)
    except ValueError:  # groups that do not divide, or padding='same' with a stride
        return
    assert [type(inner[0]).__name__ for inner in made] == [
        type(layer).__name__ for layer in network.layers
    ]
