"""What is pointed at in the picture of a network, in words."""

from PySide6.QtCore import QCoreApplication

from explorer.core.cell import number
from explorer.core.network.state import PICTURE, Spot
from explorer.drawing.network.contents import size_of
from explorer.drawing.network.hit import Hit
from explorer.drawing.network.scene import FlowScene
from explorer.ui.sentences import translated

translate = QCoreApplication.translate


def in_words(scene: FlowScene, found: Hit) -> str:
    """Return what a hand points at, for those who do not see it."""
    if found.spot is not None:
        return _cell(scene, found.spot)
    name, shape = name_of(scene, found.place), scene.shape(found.place)
    if found.part == "toggle":
        if found.place in scene.collapsed:
            return translate("network", "Unfold {name}").format(name=name)
        return translate("network", "Fold {name}").format(name=name)
    if found.part == "map" and found.channel is not None:
        words = translate("network", "{name}, channel {channel}")
        return words.format(name=name, channel=found.channel)
    if found.place >= 0 and (problem := scene.places[found.place].problem) is not None:
        return f"{name}: {translated(problem)}"
    return name if shape is None else f"{name}: {size_of(shape)}"


def _cell(scene: FlowScene, spot: Spot) -> str:
    shape, values = scene.shape(spot.place), scene.values(spot.place)
    name = name_of(scene, spot.place)
    if shape is not None and len(shape) == 1:
        words = translate("network", "{name}, number {channel}")
        said = words.format(name=name, channel=spot.channel)
    else:
        words = translate("network", "{name}, channel {channel}, row {row}, column {column}")
        said = words.format(name=name, channel=spot.channel, row=spot.row, column=spot.column)
    return said if values is None else f"{said}: {number(scene.number(spot))}"


def name_of(scene: FlowScene, place: int) -> str:
    """Return what a layer is called, or the picture."""
    if place == PICTURE:
        return translate("network", "picture")
    return scene.places[place].name
