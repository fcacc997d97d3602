"""Constants around a feature: zeros that are written over side by side, as reparameterised convolutions pad what a normalisation gives."""
from dataclasses import dataclass

import torch

from .axes import whole
from .graph import Bordered, Constant, Feature, laid_out, require
from .layers import PADDED, convolution, grid_place
from .values import shifted_by

SIDES = ("top", "bottom", "left", "right")


@dataclass(frozen=True)
class Side:
    """A place in a border, which is there to be written to."""

    name: str


def is_bordered(value) -> bool:
    return isinstance(value, Bordered) or isinstance(value, Feature) and value.node.op == PADDED


def _padded(value) -> Feature:
    return value.padded if isinstance(value, Bordered) else value


def span(value, a):
    """A slice of a feature with zeros around it: all of it, or one side of the border."""
    feature = _padded(value)
    dim = a["dim"] % len(feature.dims)
    length = _length(feature, dim)
    first, last = (end + length if end < 0 else end for end in (a["start"] or 0, length if a["end"] is None else a["end"]))
    if (first, min(last, length), a["step"]) == (0, length, 1):
        return value
    return Side(_side(feature, dim, first, min(last, length)))


def written(graph, value, a):
    """The same feature once a side is written to; with all four it is one whose surroundings are constants."""
    feature = _padded(value)
    name, source = span(value, a), a["src"]
    if not isinstance(name, Side):
        return source
    require(isinstance(source, Constant), "a feature is written over in part")
    sides = {**dict(value.sides if isinstance(value, Bordered) else ()), name.name: _by_channel(feature, source.tensor)}
    if len(sides) < len(SIDES):
        return Bordered(feature, tuple(sides.items()))
    constant = sides[SIDES[0]]
    require(all(torch.equal(constant, other) for other in sides.values()), "the sides of a border have different constants")
    return surrounded(graph, feature, constant)


def _length(feature: Feature, dim: int) -> int:
    total = 1
    for factor in feature.dims[dim]:
        total *= factor.size
    return total


def _side(feature: Feature, dim: int, first: int, last: int) -> str:
    at = grid_place(feature)
    rows = dim == at + 1
    require(dim > at, "a part of a feature is taken that has zeros around it")
    pad, length = feature.node.fields["padding"][0 if rows else 1], _length(feature, dim)
    require((first, last) in ((0, pad), (length - pad, length)), "a part of a feature is taken that has zeros around it")
    return SIDES[(0 if rows else 2) + (first > 0)]


def _by_channel(feature: Feature, tensor: torch.Tensor) -> torch.Tensor:
    channels, at = feature.node.channels, grid_place(feature)
    tensor = tensor.reshape([1] * (len(feature.dims) - tensor.ndim) + list(tensor.shape))
    by_channel = tensor.movedim(at, 0).flatten(1)
    require(bool((by_channel == by_channel[:, :1]).all()), "a border has constants that differ from place to place")
    return by_channel[:, 0].expand(channels)


def surrounded(graph, padded: Feature, constant: torch.Tensor) -> Feature:
    """A feature with a constant of each channel around it: with zeros around it before the constant is added."""
    inner = padded.node.inputs[0]
    at = grid_place(padded)
    dims = padded.dims[:at] + tuple(map(whole, "CHW", inner.grid))
    value, fields = laid_out(inner, dims, padded), inner.fields
    if inner.op == "normalisation" and fields["axis"] == "channel" and fields["scale"] is None and torch.allclose(
            _of_zero(graph, fields), constant.double(), rtol=1e-5, atol=1e-7):
        before = _with_zeros(graph, laid_out(inner.inputs[0], dims, padded), padded)
        return laid_out(graph.add("normalisation", [before.node], fields, before.node.grid, path=inner.path), before.dims, before)
    return shifted_by(graph, _with_zeros(graph, shifted_by(graph, value, -constant), padded), constant)


def _of_zero(graph, fields) -> torch.Tensor:
    weight, bias, mean, variance = (graph.tensors[fields[name]].double() for name in ("weight", "bias", "mean", "variance"))
    return bias - mean * weight / (variance + fields["epsilon"]).sqrt()


def _with_zeros(graph, value: Feature, padded: Feature) -> Feature:
    """Zeros around a feature, by the convolution that makes it where that has windows of one value, else by one that changes nothing."""
    node, padding = value.node, padded.node.fields["padding"]
    fields = node.fields
    if node.op == "convolution" and graph.tensors[fields["weight"]].shape[2:] == (1, 1) and fields["bias"] is None and (
            fields["stride"], fields["padding"]) == ([1, 1], [0, 0]):
        made = graph.add("convolution", node.inputs, {**fields, "padding": padding}, padded.node.grid, path=node.path)
        return laid_out(made, padded.dims, value)
    ones = Constant(torch.ones(node.channels, 1, 1, 1))
    return convolution(graph, {
        "input": value, "weight": ones, "bias": None, "stride": [1, 1], "padding": padding, "dilation": [1, 1], "groups": node.channels})
