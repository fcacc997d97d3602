"""Layers with weights, and normalisations."""
from dataclasses import replace

import torch

from .arithmetic import affine
from .axes import described, whole
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


def contracted(graph, value: Feature, dim: int, weight: Constant, bias: Constant | None) -> Feature:
    """A linear map along one dimension; `weight` is `[outputs, inputs]`."""
    value = affine(graph, value, mean=True)
    dim = dim % len(value.dims)
    node, factors = value.node, value.dims[dim]
    outputs = weight.tensor.shape[0]
    require(weight.tensor.ndim == 2, "the weights of a linear map are no matrix")

    def with_axis(op, fields, grid, axis):
        made = graph.add(op, [node], fields, grid)
        return laid_out(made, value.dims[:dim] + (whole(axis, outputs),) + value.dims[dim + 1:], value)

    def names():
        return {"weight": graph.tensor(weight, "weight"), "bias": graph.tensor(bias, "bias")}

    rest = {factor.axis for at, others in enumerate(value.dims) if at != dim for factor in others}
    if factors == whole("C", node.channels):
        return with_axis("linear", names(), (outputs, node.height, node.width), "C")
    if len(factors) == 1 and factors == whole("H", node.height):
        return with_axis("mix", {"axis": "rows", **names()}, (node.channels, outputs, node.width), "H")
    if len(factors) == 1 and factors == whole("W", node.width):
        return with_axis("mix", {"axis": "columns", **names()}, (node.channels, node.height, outputs), "W")
    if not rest & {"C", "H", "W"}:
        return _flattened(graph, value, dim, weight, bias)
    raise ExportError(
        f"a linear map along {described((factors,))} of {described(value.dims)}: along channels, rows, columns or all of them is what can be described")


def _flattened(graph, value, dim, weight, bias):
    """A linear map of everything: its weights in the order channels, rows, columns."""
    node, factors = value.node, value.dims[dim]
    order = sorted(range(len(factors)), key=lambda at: ("CHW".index(factors[at].axis), -factors[at].stride))
    matrix = weight
    if order != list(range(len(factors))):
        outputs = weight.tensor.shape[0]
        split = weight.tensor.reshape(outputs, *[factor.size for factor in factors])
        matrix = Constant(split.permute(0, *[1 + at for at in order]).reshape(outputs, -1))
    total = node.channels * node.height * node.width
    require(matrix.tensor.shape[1] == total, "a linear map reads a part of a feature")
    flat = node if node.height * node.width == 1 else graph.add("flatten", [node], {}, (total, 1, 1), node.is_spikes)
    outputs = matrix.tensor.shape[0]
    made = graph.add(
        "linear", [flat], {"weight": graph.tensor(matrix, "weight"), "bias": graph.tensor(bias, "bias")}, (outputs, 1, 1))
    return laid_out(made, value.dims[:dim] + (whole("C", outputs),) + value.dims[dim + 1:], value)


def linear(graph, a):
    return contracted(graph, a["input"], -1, _weight(a["weight"]), a.get("bias"))


def addmm(graph, a):
    """`bias + input @ weight`."""
    require(a["beta"] == 1 and a["alpha"] == 1, "a product with factors")
    return contracted(graph, a["mat1"], -1, _transposed(_weight(a["mat2"])), a["self"])


def _weight(value) -> Constant:
    if not isinstance(value, Constant):
        raise ExportError("the weights of a layer depend on the image")
    return value


def _transposed(weight: Constant) -> Constant:
    return Constant(weight.tensor.t().contiguous())


def convolution(graph, a):
    value = affine(graph, a["input"], mean=True)
    weight, bias = _weight(a["weight"]), a.get("bias")
    spatial = weight.tensor.ndim - 2
    stride, padding, dilation = a["stride"], a["padding"], a["dilation"]
    require(not a.get("transposed"), "a transposed convolution")
    if isinstance(padding, str):
        padding = _named_padding(padding, weight.tensor.shape[2:], dilation)
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
        size = extents(value, kernel, stride, padding, dilation)
        return windowed(graph, value, "convolution", fields, size, weight.tensor.shape[0])
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
    "linear": linear, "addmm": addmm, "pad": padded, "constant_pad_nd": padded,
    **{name: convolution for name in ("conv1d", "conv2d", "convolution")},
    "batch_norm": batch_norm, "_native_batch_norm_legit_no_training": normalised, "_batch_norm_no_update": normalised,
}
