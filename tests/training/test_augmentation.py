import math
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor
from torchvision.transforms import InterpolationMode
from torchvision.transforms.v2 import functional as tv

from explorer.data.digits import bundled_test
from explorer.training.augmentation import HIGHEST, Augmentation, augmented, examples, moved
from explorer.training.errors import SettingsError
from explorer.training.pixels import normalise

NOT_NUMBERS = (True, None, "1", [1], 1j, math.nan, math.inf, -math.inf, 10**400)


@pytest.fixture(scope="module")
def digits() -> Tensor:
    """The first of the bundled test images, uint8 (64, 28, 28)."""
    return torch.tensor(bundled_test()[0][:64])


def from_seed(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def one(
    shift: tuple[float, float] = (0, 0), degrees: float = 0, factor: float = 1
) -> dict[str, Tensor]:
    """The arguments of `moved` for a batch of one."""
    return {
        "shift": torch.tensor([shift]).float(),
        "degrees": torch.tensor([degrees]).float(),
        "factor": torch.tensor([factor]).float(),
    }


# What it may be asked for


def test_by_default_nothing_changes():
    assert not Augmentation().is_on
    assert Augmentation() == Augmentation(0, 0, 0, 0)


@given(
    shift=st.floats(0, 8), rotate=st.floats(0, 90), scale=st.floats(0, 0.5), noise=st.floats(0, 1)
)
def test_whatever_lies_in_the_ranges_is_taken(
    shift: float, rotate: float, scale: float, noise: float
):
    made = Augmentation(shift, rotate, scale, noise)
    assert made.is_on == any((shift, rotate, scale, noise))
    assert all(isinstance(getattr(made, name), float) for name in HIGHEST)


def test_whole_numbers_become_floats():
    assert isinstance(Augmentation(shift=2).shift, float)


@pytest.mark.parametrize("name", HIGHEST)
def test_nothing_else_is_taken(name: str):
    highest = HIGHEST[name]
    for value in (*NOT_NUMBERS, -1e-9, math.nextafter(highest, math.inf)):
        with pytest.raises(SettingsError, match=f"^{name} cannot be .*; choose a number from 0 to"):
            Augmentation(**{name: value})  # type: ignore[arg-type]


def test_it_is_known_before_torch_is_there():
    code = "import sys; import explorer.training.augmentation; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# What becomes of the images


def test_off_they_are_the_same_but_new(digits: Tensor):
    for images in (digits, digits.float()):
        same = augmented(images, Augmentation(), from_seed(0))
        assert same.dtype == torch.float32
        assert torch.equal(same, digits.float())
        same += 1
        assert torch.equal(images.float(), digits.float())


def test_the_engine_normalises_them_as_it_does_bytes(digits: Tensor):
    same = augmented(digits, Augmentation(), from_seed(0))
    assert torch.equal(normalise(same), normalise(digits))


@given(
    shift=st.floats(0, 8),
    rotate=st.floats(0, 90),
    scale=st.floats(0, 0.5),
    noise=st.floats(0, 1),
    count=st.integers(1, 5),
    seed=st.integers(0, 2**31),
)
def test_they_stay_ink_on_paper(
    digits: Tensor, shift: float, rotate: float, scale: float, noise: float, count: int, seed: int
):
    augmentation = Augmentation(shift, rotate, scale, noise)
    made = augmented(digits[:count], augmentation, from_seed(seed))
    assert made.shape == (count, 28, 28)
    assert made.dtype == torch.float32
    assert made.min() >= -1e-3 and made.max() <= 255.001
    assert torch.equal(made, augmented(digits[:count], augmentation, from_seed(seed)))


def test_every_image_has_its_own(digits: Tensor):
    alike = digits[:1].expand(16, 28, 28)
    for name in HIGHEST:
        made = augmented(alike, Augmentation(**{name: HIGHEST[name] / 2}), from_seed(3))
        assert len({tuple(image.flatten().tolist()) for image in made}) == 16


def test_they_go_to_the_bounds_and_no_further(digits: Tensor):
    # A grey pixel in the middle of large paper: where it comes to lie is how far it was shifted.
    paper = torch.zeros(400, 28, 28)
    paper[:, 13, 13] = 255
    made = augmented(paper, Augmentation(shift=3), from_seed(0))
    pixels = torch.arange(28.0)
    for side in (1, 2):
        way = (made.sum(3 - side) * pixels).sum(1) / made.sum((1, 2)) - 13
        assert way.abs().max() <= 3 + 1e-3
        assert way.min() < -2.8 and way.max() > 2.8
        assert abs(way.mean()) < 0.3


def test_more_noise_leaves_the_places_alone(digits: Tensor):
    quiet = augmented(digits, Augmentation(shift=2, rotate=20), from_seed(5))
    noisy = augmented(digits, Augmentation(shift=2, rotate=20, noise=1e-6), from_seed(5))
    assert torch.allclose(quiet, noisy, atol=1e-2)


def test_noise_is_told_in_shares_of_full_ink():
    grey = torch.full((50, 28, 28), 127.5)
    noise = augmented(grey, Augmentation(noise=0.1), from_seed(0)) / 255 - 0.5
    assert noise.std().item() == pytest.approx(0.1, rel=0.02)
    assert noise.mean().item() == pytest.approx(0, abs=0.002)


def test_examples_are_what_a_run_may_see_of_one_picture():
    picture = bundled_test()[0][0]
    assert np.array_equal(examples(picture, Augmentation(), 3, 0), [picture] * 3)
    shown = examples(picture, Augmentation(shift=2, noise=0.2), 8, 5)
    assert shown.shape == (8, 28, 28)
    assert shown.dtype == np.uint8
    assert len({image.tobytes() for image in shown}) == 8
    assert np.array_equal(shown, examples(picture, Augmentation(shift=2, noise=0.2), 8, 5))
    assert not np.array_equal(shown, examples(picture, Augmentation(shift=2, noise=0.2), 8, 6))


# torchvision as the judge


@pytest.mark.parametrize("factor", [0.5, 0.9, 1.0, 1.3])
@pytest.mark.parametrize("degrees", [-90, -17.5, 0, 45, 90])
@pytest.mark.parametrize("shift", [(0, 0), (3, -2), (-8, 8)])
def test_torchvision_makes_the_same_of_it(
    digits: Tensor, shift: tuple[float, float], degrees: float, factor: float
):
    for digit in digits[:8].float():
        theirs = tv.affine(
            digit[None],
            angle=degrees,
            translate=list(shift),
            scale=factor,
            shear=[0.0, 0.0],
            interpolation=InterpolationMode.BILINEAR,
        )
        assert torch.allclose(moved(digit[None], **one(shift, degrees, factor)), theirs, atol=0.05)


def test_a_shift_by_whole_pixels_is_exact(digits: Tensor):
    made = moved(digits[:1].float(), **one((3, -2)))
    assert torch.allclose(made[0, :-2, 3:], digits[0, 2:, :-3].float(), atol=1e-2)
    assert made[0, -2:].max() < 1e-2 and made[0, :, :3].max() < 1e-2


def test_a_quarter_turn_is_exact(digits: Tensor):
    made = moved(digits[:1].float(), **one(degrees=90))
    assert torch.allclose(made[0], digits[0].float().rot90(-1), atol=1e-2)


def test_from_beyond_the_border_comes_paper():
    ink = torch.full((1, 28, 28), 255.0)
    made = moved(ink, **one((8, 0)))
    assert made[0, :, :8].max() < 1e-2
    assert torch.allclose(made[0, :, 8:], ink[0, :, 8:])
