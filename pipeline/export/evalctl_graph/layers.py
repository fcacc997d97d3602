"""Convolutions and padding."""
from dataclasses import replace

import torch
from torch.nn import functional

from .axes import described, size, whole
from .contraction import contracted, for_node, weights
from .failure import ExportError
from .graph import Constant, Feature, laid_out, require
from .joining import concatenate
from .order import for_channels, holds_channels, is_shuffled, with_channels
from .parts import part
from .values import affine


def pair(value) -> list[int]:
    value = list(value) if isinstance(value, (list, tuple)) else [value]
    return value * 2 if len(value) == 1 else value


def grid_place(value: Feature) -> int:
    """Where a feature's channels stand in an image-like tensor, with rows and columns behind them."""
    node, dims = value.node, value.dims
    fits = len(dims) >= 3 and dims[-2:] == (whole("H", node.height), whole("W", node.width)) and holds_channels(dims, -3, node.channels)
    require(fits, f"it reads {described(dims)}, and needs channels, rows and columns, of {list(node.grid)}, as its last axes")
    return len(dims) - 3


def windowed(graph, value: Feature, op, fields, size, channels, is_spikes=False) -> Feature:
    at = grid_place(value)
    grid = (channels, *size)
    node = graph.add(op, [value.node], fields, grid, is_spikes)
    own = value.dims[at] if channels == value.node.channels else whole("C", channels)
    return laid_out(node, value.dims[:at] + (own, whole("H", size[0]), whole("W", size[1])), value)


def extents(value, kernel, stride, padding, dilation=(1, 1)):
    node = value.node
    size = [
        (length + 2 * pad - spread * (taps - 1) - 1) // step + 1
        for length, taps, step, pad, spread in zip((node.height, node.width), kernel, stride, padding, dilation)]
    require(min(size) >= 1, "the window is larger than the grid")
    return size


def convolution(graph, a):
    value = affine(graph, a["input"], mean=True)
    weight, bias = weights(a["weight"]), a.get("bias")
    spatial = weight.tensor.ndim - 2
    stride, padding, dilation = a["stride"], a["padding"], a["dilation"]
    require(not a.get("transposed"), "a transposed convolution")
    if isinstance(padding, str):
        padding = _named_padding(padding, weight.tensor.shape[2:], dilation)
    if spatial == 2 and len(value.dims) >= 3 and is_shuffled(value, value.dims[-3]):
        return _of_shuffled(graph, value, weight, a)
    if spatial == 2 and _is_grid(value):
        stride, padding, dilation = pair(stride), pair(padding), pair(dilation)
        kernel = list(weight.tensor.shape[2:])
        if value.node.op == PADDED:
            padding = [own + more for own, more in zip(padding, value.node.fields["padding"])]
            inner = value.node.inputs[0]
            at = grid_place(value)
            value = replace(value, node=inner).with_dims(value.dims[:at] + tuple(map(whole, "CHW", inner.grid)))
        fields = {
            "weight": graph.tensor(weight, "weight"), "bias": graph.tensor(bias, "bias"), "stride": stride, "padding": padding,
            "dilation": dilation, "groups": a["groups"],
        }
        grid = extents(value, kernel, stride, padding, dilation)
        return windowed(graph, value, "convolution", fields, grid, weight.tensor.shape[0])
    ones = all(extent == 1 for extent in weight.tensor.shape[2:]) and set(stride) == {1} and set(padding) == {0} and a["groups"] == 1
    if ones:
        matrix = Constant(weight.tensor.flatten(1))
        return contracted(graph, value, -1 - spatial, matrix, bias)
    node, dims = value.node, value.dims
    if spatial == 1 and node.width == 1 and dims[-2:] == (whole("C", node.channels), whole("H", node.height)):
        column = {
            "input": value.with_dims(dims + ((),)), "weight": Constant(weight.tensor.unsqueeze(-1)), "bias": bias,
            "stride": [stride[0], 1], "padding": [padding[0], 0], "dilation": [dilation[0], 1], "groups": a["groups"],
        }
        result = convolution(graph, column)
        return result.with_dims(result.dims[:-1])
    if spatial == 1 and _is_tokens(value) and set(weight.tensor.shape[2:]) == set(stride) == {1} and set(padding) == {0}:
        grid = {"stride": [1, 1], "padding": [0, 0], "dilation": [1, 1], "weight": Constant(weight.tensor.unsqueeze(-1)), "input": value.with_dims(
            dims[:-1] + (whole("H", node.height), whole("W", node.width)))}
        result = convolution(graph, {**a, **grid})
        return result.with_dims(result.dims[:-2] + dims[-1:])
    raise ExportError(f"a convolution over {described(dims)}, which are not channels, rows and columns")


def _of_shuffled(graph, value: Feature, weight: Constant, a):
    """A convolution of channels that were shuffled: its weights are shuffled back, or each group's channels stand side by side again."""
    groups, channels, outputs = a["groups"], value.node.channels, weight.tensor.shape[0]
    if groups == 1:
        rows, own = for_node(weight, value.dims[-3], value)
        return convolution(graph, {**a, "input": with_channels(own, whole("C", channels)), "weight": rows})
    if groups == outputs == channels:
        ordered = with_channels(replace(value, order=None), whole("C", channels))
        rows = Constant(for_channels(weight, value).tensor)
        result = convolution(graph, {**a, "input": ordered, "weight": rows, "bias": for_channels(a.get("bias"), value)})
        return replace(with_channels(result, value.dims[-3]), order=value.order)
    inputs = channels // groups
    parts = [part(graph, value, len(value.dims) - 3, group * inputs, (group + 1) * inputs) for group in range(groups)]
    rows = [for_node(Constant(own), one.dims[-3], one)[0].tensor for own, one in zip(weight.tensor.split(outputs // groups), parts)]
    together = concatenate(
        graph, {"tensors": [with_channels(replace(one, order=None), whole("C", inputs)) for one in parts], "dim": len(value.dims) - 3})
    return convolution(graph, {**a, "input": together, "weight": Constant(torch.cat(rows))})


def _named_padding(name: str, kernel, dilation):
    """`same` where as much stands on both sides, and `valid`."""
    if name == "valid":
        return [0] * len(kernel)
    spread = dilation if len(dilation) == len(kernel) else list(dilation) * len(kernel)
    around = [step * (taps - 1) for step, taps in zip(spread, kernel)]
    require(all(total % 2 == 0 for total in around), "padding='same' with a kernel of even size, which pads one side more")
    return [total // 2 for total in around]


# A feature with zeros around it: no node of a description, but what a convolution reads.
PADDED = "padded"


def padded(graph, a):
    """Zeros around rows and columns."""
    value = affine(graph, a["self"], mean=True)
    pads, node = list(a["pad"]), value.node
    if len(pads) == 6 and not any(pads[:4]) and min(pads) >= 0 and not a.get("value"):
        # Channels of zeros on both sides: what a shortcut without weights has.
        count, (first, last) = node.channels, pads[4:]
        return contracted(graph, value, -3, Constant(functional.pad(torch.eye(count), (0, 0, first, last))), None)
    require(a.get("mode", "constant") == "constant" and not a.get("value"), "padding with something else than zeros")
    require(not any(pads[4:]) and min(pads) >= 0, "padding of other axes than rows and columns, or cropping")
    left, right, top, bottom = (pads + [0] * 4)[:4]
    require(left == right and top == bottom, "padding that is wider on one side")
    grid_place(value)
    return windowed(
        graph, value, PADDED, {"padding": [top, left]}, (node.height + 2 * top, node.width + 2 * left), node.channels, node.is_spikes)


def _is_tokens(value: Feature) -> bool:
    """Whether its last axis is the tokens of the grid, and the one before them the channels."""
    node, dims = value.node, value.dims
    return dims[-1] == whole("H", node.height) + whole("W", node.width) and len(dims) > 1 and holds_channels(dims, -2, node.channels)


def _is_grid(value: Feature) -> bool:
    node = value.node
    return value.dims[-3:] == (whole("C", node.channels), whole("H", node.height), whole("W", node.width))


HANDLERS = {
    "pad": padded, "constant_pad_nd": padded,
    **{name: convolution for name in ("conv1d", "conv2d", "convolution")},
}
