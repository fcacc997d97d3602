"""Convolutions, padding and normalisations."""
from dataclasses import replace

import torch
from torch.nn import functional

from .arithmetic import affine
from .axes import described, size, whole
from .contraction import contracted, in_order, weights
from .failure import ExportError
from .graph import Constant, Feature, laid_out, require


def pair(value) -> list[int]:
    value = list(value) if isinstance(value, (list, tuple)) else [value]
    return value * 2 if len(value) == 1 else value


def grid_place(value: Feature) -> int:
    """Where a feature's channels stand in an image-like tensor, with rows and columns behind them."""
    node, dims = value.node, value.dims
    fits = len(dims) >= 3 and dims[-3:] == (whole("C", node.channels), whole("H", node.height), whole("W", node.width))
    require(fits, f"it reads {described(dims)}, and needs channels, rows and columns, of {list(node.grid)}, as its last axes")
    return len(dims) - 3


def windowed(graph, value: Feature, op, fields, size, channels, is_spikes=False) -> Feature:
    at = grid_place(value)
    grid = (channels, *size)
    node = graph.add(op, [value.node], fields, grid, is_spikes)
    return laid_out(node, value.dims[:at] + (whole("C", channels), whole("H", size[0]), whole("W", size[1])), value)


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
    if spatial == 2 and a["groups"] == 1 and len(value.dims) >= 3 and len(value.dims[-3]) > 1:
        value, weight = _with_channels_in_order(value, weight)
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
    raise ExportError(f"a convolution over {described(dims)}, which are not channels, rows and columns")


def _with_channels_in_order(value: Feature, weight: Constant):
    """A feature whose channels were shuffled, as it was before, and the weights that read it so."""
    factors = value.dims[-3]
    if {factor.axis for factor in factors} != {"C"} or size(factors) != value.node.channels:
        return value, weight
    ordered = value.dims[:-3] + (whole("C", value.node.channels),) + value.dims[-2:]
    return value.with_dims(ordered), in_order(weight, factors)


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


def _is_grid(value: Feature) -> bool:
    node = value.node
    return value.dims[-3:] == (whole("C", node.channels), whole("H", node.height), whole("W", node.width))


def batch_norm(graph, a):
    value = affine(graph, a["input"], mean=True)
    require(not a.get("training", False), "a normalisation in training mode")
    mean, variance = a["running_mean"], a["running_var"]
    require(mean is not None and variance is not None, "a normalisation without running statistics")
    axis = _axis_name(value.node, value.dims[1])
    require(axis is not None, f"a normalisation along {described((value.dims[1],))} of {described(value.dims)}")
    count = mean.tensor.numel()
    weight = a["weight"] or Constant(torch.ones(count))
    bias = a["bias"] or Constant(torch.zeros(count))
    node = graph.add("normalisation", [value.node], {
        "axis": axis, "weight": graph.tensor(weight, "weight"), "bias": graph.tensor(bias, "bias"), "mean": graph.tensor(mean, "mean"),
        "variance": graph.tensor(variance, "variance"), "epsilon": a["eps"], "scale": None,
    }, value.node.grid)
    return laid_out(node, value.dims, value)


def normalised(graph, a):
    """The functional form gives statistics as well, which nobody reads."""
    return [batch_norm(graph, a), None, None]


def _axis_name(node, factors):
    """The axis of a normalisation along a dimension."""
    axes = {
        whole("C", node.channels): "channel", whole("H", node.height) + whole("W", node.width): "token",
        whole("H", node.height): "row", whole("W", node.width): "column",
    }
    if not factors:
        return "channel" if node.channels == 1 else None
    return next((name for key, name in axes.items() if key == factors), None)


HANDLERS = {
    "pad": padded, "constant_pad_nd": padded,
    **{name: convolution for name in ("conv1d", "conv2d", "convolution")},
    "batch_norm": batch_norm, "_native_batch_norm_legit_no_training": normalised, "_batch_norm_no_update": normalised,
}
