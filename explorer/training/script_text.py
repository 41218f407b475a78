"""The text of the script that does a run again, with gaps for what differs from run to run."""

from typing import Final

PROGRAM: Final = '''\
"""A run of CNN Explorer $version, to be done again with PyTorch alone.

    python THIS_FILE FOLDER

FOLDER holds four files in the form of MNIST, plain or packed (.gz), that the run learned from.
$whence
"""

from __future__ import annotations

$imports

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# "cuda", or another number of threads (OMP_NUM_THREADS), gives the same numbers within the error of
# float32, which grows where the loss does.
DEVICE = torch.device("cpu")
DATA = $data  # what the run learned from
SEED = $seed
EPOCHS = $epochs
BATCH_SIZE = $batch_size
RATES = $rates
FROZEN = $frozen
NESTEROV = $nesterov
CHANGES = [  # after so many steps, what was set to which value
$changes]

$functions


def read(folder: Path, stem: str) -> Tensor:
    """Return the bytes of an IDX file: images (N, 28, 28) or labels (N,)."""
    for place in (folder, folder / "raw", folder / "MNIST" / "raw"):
        for name in (stem, stem.replace("-idx", ".idx")):
            for path in (place / name, place / f"{name}.gz"):
                if path.is_file():
                    data = path.read_bytes()
                    data = gzip.decompress(data) if data[:2] == b"\\x1f\\x8b" else data
                    sizes = [
                        int.from_bytes(data[4 + 4 * i : 8 + 4 * i], "big") for i in range(data[3])
                    ]
                    pixels = bytearray(data[4 + 4 * data[3] :])
                    return torch.frombuffer(pixels, dtype=torch.uint8).reshape(sizes)
    sys.exit(f"{folder} has no {stem} (plain or .gz)")


def freeze(network: nn.Sequential, names: list[str] | tuple[str, ...]) -> None:
    """Let these layers not learn, and all others learn."""
    for name, layer in network.named_children():
        layer.requires_grad_(name not in names)
        layer.train(name not in names)  # or else its running statistics would move


@torch.no_grad()
def test(network: nn.Sequential, images: Tensor, labels: Tensor) -> tuple[float, float]:
    """Return mean loss and accuracy."""
    network.eval()
    loss, hits = 0.0, 0
    for x, y in zip(images.split(200), labels.split(200)):
        out = network(normalise(x))
        loss += $loss(out, y, reduction="sum").item()
        hits += (out.argmax(1) == y).sum().item()
    return loss / len(images), hits / len(images)


def main() -> None:
    """Train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="with the four files")
    folder = parser.parse_args().folder
    images = read(folder, "train-images-idx3-ubyte").to(DEVICE)
    labels = read(folder, "train-labels-idx1-ubyte").long().to(DEVICE)
    test_images = read(folder, "t10k-images-idx3-ubyte").to(DEVICE)
    test_labels = read(folder, "t10k-labels-idx1-ubyte").long().to(DEVICE)

    torch.manual_seed(SEED)
    layers = OrderedDict(
$network
    )
    network = nn.Sequential(layers).to(DEVICE, memory_format=torch.channels_last)
    optimizer = torch.optim.$optimizer(network.parameters(), lr=RATES["lr"], fused=True)
$begin
    frozen = FROZEN
    chance = torch.Generator()
    for layer in layers.values():
        layer.generator = chance  # read by the dropout alone

    steps_per_epoch = math.ceil(len(images) / BATCH_SIZE)
    total_steps = steps_per_epoch * EPOCHS
    epochs_done, steps_done = divmod(step, steps_per_epoch)
    if not is_tested and steps_done == 0:
        epochs_done, steps_done = epochs_done - 1, steps_per_epoch
    changes = list(CHANGES)
    shuffler = torch.Generator().manual_seed(SEED)
    print("epoch  train loss  test loss  test accuracy")
    for epoch in range(1, EPOCHS + 1):
        order = torch.randperm(len(images), generator=shuffler).to(DEVICE)
        if epoch <= epochs_done:
            continue
        freeze(network, frozen)
        for batch in order.split(BATCH_SIZE)[steps_done:]:
            while changes and changes[0][0] <= step:
                _, name, value = changes.pop(0)
                if name == "frozen":
                    frozen = value
                    freeze(network, frozen)
                else:
                    RATES[name] = value
            chance.manual_seed((SEED * 1_000_003 + step) % 2**63)
            x = normalise($images)
            loss = $loss(network(x), labels[batch])
            optimizer.zero_grad()
            if loss.requires_grad:
                loss.backward()
                for group in optimizer.param_groups:
                    share = $schedule(step, total_steps, steps_per_epoch)
                    group["lr"] = RATES["lr"] * share
                    group["weight_decay"] = RATES["weight_decay"]
                    if "momentum" in group:
                        group["momentum"] = RATES["momentum"]
                        group["nesterov"] = NESTEROV and RATES["momentum"] > 0
                        if RATES["momentum"] > 0:  # all of them begin at nothing, whenever they do
                            for weight in group["params"]:
                                if weight.grad is not None:
                                    begun = optimizer.state[weight]
                                    begun.setdefault("momentum_buffer", torch.zeros_like(weight))
                optimizer.step()
            step += 1
            epoch_loss += loss.item() * len(batch)
        steps_done = 0
        test_loss, accuracy = test(network, test_images, test_labels)
        train_loss, epoch_loss = epoch_loss / len(images), 0.0
        print(f"{epoch:5}  {train_loss:10.6f}  {test_loss:9.6f}  {accuracy:13.2%}", flush=True)


if __name__ == "__main__":
    main()
'''

BEGIN_BY_SEED: Final = """\
    step, is_tested, epoch_loss = 0, True, 0.0\
"""

BEGIN_ANYWHERE: Final = """\
    # The run did not begin with its seed, but with the weights of another one.
    data = base64.b85decode("".join(START.split()))
    start = torch.load(io.BytesIO(data), map_location=DEVICE, weights_only=True)
    network.load_state_dict(start["weights"], strict=False)
    kinds = {"momentum": "momentum_buffer", "mean": "exp_avg", "square": "exp_avg_sq"}
    parameters = dict(network.named_parameters())
    for place, tensor in start["moments"].items():
        kind, _, name = place.partition("/")
        if tensor.dim():  # it must lie in memory as its parameter does
            tensor = torch.empty_like(parameters[name]).copy_(tensor)
        optimizer.state[parameters[name]][kinds.get(kind, "step")] = tensor
    step, is_tested, epoch_loss = $progress\
"""
