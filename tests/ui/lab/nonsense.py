"""What the monkey types, pastes and drops: half of it means something, half of it does not."""

from pathlib import Path
from random import Random

from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QColor, QImage

NUMBERS = (
    *("0", "1", "2", "3", "5", "8", "31", "64", "-4", "1.5", "2,5", ".", "-", "", "x"),
    *("1e3", "1e-3", "1e39", "-1e38", "NaN", "inf", "−∞", "−2", "1_000", "0x10", "1 2"),
    *("9" * 30, "-" + "9" * 400, "٣", "½", "∞", "ä", "🙂", "\u202e7", "1\t2\n3\t4"),
)
CODE = (
    "nn.Conv2d(3, 16, kernel_size=3, stride=2, padding=1)",
    "torch.nn.Conv2d(1, 1, (3, 5), stride=(2, 1), dilation=2, padding_mode='circular', padding=1)",
    "Conv2d(4, 4, 3, groups=4)  # depthwise",
    "conv = nn.Conv2d(2, 2, 4, padding='same', bias=False)\n",
    "nn.Conv2d(1, 1, 3, padding='same', stride=2)",
    "nn.ConvTranspose2d(1, 2, 3, 2, 1, 1)",
    "nn.ConvTranspose2d(1, 1, 3, output_padding=7)",
    "nn.MaxPool2d(2)",
    "nn.MaxPool2d(3, 2, 2, ceil_mode=True)",
    "nn.AvgPool2d(3, padding=1, count_include_pad=False, divisor_override=5)",
    "nn.AdaptiveAvgPool2d((None, 3))",
    "nn.LPPool2d(1.5, 2)",
    "nn.LPPool2d(float('nan'), 2)",
    "nn.Conv2d(64, 64, 11)",
    "nn.Conv2d(2**31, 1, 1)",
    "nn.Conv2d(1, 1, 99999999999999999999)",
    "nn.Conv2d(1, 1, -3)",
    "nn.Conv2d(1, 1, 3, padding=4, padding_mode='reflect')",
    "nn.Conv2d(",
    "nn.Conv2d(1, 1, 3)\nnn.ReLU()",
    "__import__('os').getcwd()",
    "lambda: 0",
    "'",
    "(" * 300,
    "💥 nn.Conv2d(1, 1, 3) 💥",
    "\x00\ufffe",
    "",
)
BLOCKS = (
    "1\t2\n3\t4",
    "0,5;1,5\n−2;3",
    "[[1, 2, 3], [4, 5, 6]]",
    "tensor([[nan, inf], [-inf, 0.]])",
    "1e38 3e38\n-3e38 2",
    "1e-45",
    "7",
    "1 2\n3",
    "a b c",
    "[[[1], [2]], [[3], [4]]]",
    "\n".join(["1 2 3 4 5 6 7 8 9"] * 9),
    "1 " * 600,
    "x" * 5_000,
    "",
)


def any_text(chance: Random) -> str:
    """Return what may stand in a clipboard."""
    return chance.choice([*BLOCKS, *BLOCKS, *CODE, *NUMBERS])


def any_image(chance: Random) -> QImage:
    """Return a picture of an odd shape, grey or in colours, with or without anything in it."""
    sides = chance.choice([(1, 1), (5, 3), (28, 28), (40, 2), (3, 90), (0, 0)])
    forms = (QImage.Format.Format_RGB32, QImage.Format.Format_ARGB32, QImage.Format.Format_Mono)
    image = QImage(*sides, chance.choice(forms))
    image.fill(QColor.fromHsv(chance.randrange(360), 255, chance.randrange(256)))
    return image


def any_file(chance: Random, folder: Path) -> Path:
    """Return a picture, a damaged one, a text, a folder or a file that is not there."""
    picture, damaged, words = folder / "a.png", folder / "damaged.png", folder / "words.json"
    if not picture.exists():
        image = QImage(9, 7, QImage.Format.Format_RGB32)
        image.fill(QColor("teal"))
        image.setPixelColor(3, 3, QColor("red"))
        assert image.save(str(picture))
        damaged.write_bytes(picture.read_bytes()[:40])
        words.write_text('{"format": "cnn-explorer scene", "version": 1, "layer": [')
    return chance.choice([picture, picture, damaged, words, folder, folder / "gone.png"])


def any_mime(chance: Random, folder: Path) -> QMimeData:
    """Return what another application may copy, or drop."""
    given = QMimeData()
    kinds = ["text", "text", "text", "image", "file", "web", "no file", "bytes", "nothing"]
    kind = chance.choice(kinds)
    if kind == "text":
        given.setText(any_text(chance))
    elif kind == "image":
        given.setImageData(any_image(chance))
    elif kind == "file":
        given.setUrls([QUrl.fromLocalFile(str(any_file(chance, folder)))])
    elif kind == "web":
        given.setUrls([QUrl("https://example.org/a.png")])
    elif kind == "no file":
        given.setData("text/uri-list", b"")
    elif kind == "bytes":
        given.setData("application/x-nonsense", b"\x00\xff")
    return given
