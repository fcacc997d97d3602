"""Layers with weights, normalisations and pooling."""
import torch

from .arithmetic import affine, scaled
from .axes import described, whole
from .failure import ExportError
from .graph import Constant, Feature, laid_out, require


def _pair(value) -> list[int]:
    value = list(value) if isinstance(value, (list, tuple)) else [value]
    return value * 2 if len(value) == 1 else value


def _grid(value: Feature) -> int:
    """Where a feature's channels stand in an image-like tensor, with rows and columns behind them."""
    node, dims = value.node, value.dims
    fits = len(dims) >= 3 and dims[-3:] == (whole("C", node.channels), whole("H", node.height), whole("W", node.width))
    require(fits, f"it reads {described(dims)}, and needs channels, rows and columns, of {list(node.grid)}, as its last axes")
    return len(dims) - 3


def _windowed(graph, value: Feature, op, fields, extents, channels, is_spikes=False) -> Feature:
    at = _grid(value)
    grid = (channels, *extents)
    node = graph.add(op, [value.node], fields, grid, is_spikes)
    return laid_out(node, value.dims[:at] + (whole("C", channels), whole("H", extents[0]), whole("W", extents[1])), value)


def _extents(value, kernel, stride, padding, dilation=(1, 1)):
    node = value.node
    extents = [
        (length + 2 * pad - spread * (size - 1) - 1) // step + 1
        for length, size, step, pad, spread in zip((node.height, node.width), kernel, stride, padding, dilation)]
    require(min(extents) >= 1, "the window is larger than the grid")
    return extents


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
    require(not a.get("transposed") and isinstance(padding, (list, tuple)), "a transposed convolution, or padding by name")
    if spatial == 2 and _is_grid(value):
        stride, padding, dilation = _pair(stride), _pair(padding), _pair(dilation)
        kernel = list(weight.tensor.shape[2:])
        fields = {
            "weight": graph.tensor(weight, "weight"), "bias": graph.tensor(bias, "bias"), "stride": stride, "padding": padding,
            "dilation": dilation, "groups": a["groups"],
        }
        extents = _extents(value, kernel, stride, padding, dilation)
        return _windowed(graph, value, "convolution", fields, extents, weight.tensor.shape[0])
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


def _pooling(graph, value, op, kernel, stride, padding, is_spikes):
    kernel = _pair(kernel)
    stride, padding = _pair(stride or kernel), _pair(padding)
    fields = {"kernel": kernel, "stride": stride, "padding": padding}
    return _windowed(graph, value, op, fields, _extents(value, kernel, stride, padding), value.node.channels, is_spikes)


def max_pool(graph, a):
    value = affine(graph, a["self"])
    require(set(_pair(a["dilation"])) == {1}, "maximum pooling with gaps")
    return _pooling(graph, value, "max_pool", a["kernel_size"], a["stride"], a["padding"], value.node.is_spikes)


def max_pool_with_indices(graph, a):
    return [max_pool(graph, a), None]


def average_pool(graph, a):
    value = affine(graph, a["self"], mean=True)
    require(a["divisor_override"] is None, "average pooling with a divisor of its own")
    require(a["count_include_pad"] or set(_pair(a["padding"])) == {0}, "average pooling that does not count its padding")
    return _pooling(graph, value, "average_pool", a["kernel_size"], a["stride"], a["padding"], False)


def adaptive_average_pool(graph, a):
    value = affine(graph, a["self"], mean=True)
    node, wanted = value.node, _pair(a["output_size"])
    if wanted == [1, 1]:
        at = _grid(value)
        return laid_out(_mean(graph, node), value.dims[:at + 1] + ((), ()), value)
    require(node.height % wanted[0] == 0 and node.width % wanted[1] == 0, f"adaptive pooling of {node.height}x{node.width} to {wanted}")
    if wanted == [node.height, node.width]:
        return value
    return _pooling(graph, value, "average_pool", [node.height // wanted[0], node.width // wanted[1]], None, 0, False)


def _mean(graph, node):
    if node.height * node.width == 1:
        return node
    return graph.add("mean", [node], {"over": "positions"}, (node.channels, 1, 1))


def reduced(graph, a, is_sum: bool):
    """A mean or sum over dimensions."""
    value = affine(graph, a["self"], mean=True)
    dims = a["dim"]
    count = len(value.dims)
    chosen = sorted({dim % count for dim in (range(count) if not dims and dims != 0 else [dims] if isinstance(dims, int) else dims)})
    factors = [factor for dim in chosen for factor in value.dims[dim]]
    rest = [factors_ for dim, factors_ in enumerate(value.dims) if dim not in chosen]
    kept = tuple(
        () if dim in chosen else factors_ for dim, factors_ in enumerate(value.dims) if a.get("keepdim") or dim not in chosen)
    node, axes = value.node, {factor.axis for factor in factors}
    over_time, step = value.over_time, value.step
    if "T" in axes:
        require(over_time is None, "a mean over time is taken twice")
        over_time = float(graph.steps) if is_sum else 1.0
        step = None
        factors = [factor for factor in factors if factor.axis != "T"]
        axes.discard("T")
    times = 1
    if axes - {"C", "H", "W"}:
        raise ExportError(f"a sum over {described(tuple(value.dims[dim] for dim in chosen))}")
    if axes & {"H", "W"}:
        spatial = {factor for factor in factors if factor.axis in "HW"}
        whole_axes = {axis for axis in "HW" if set(whole(axis, node.height if axis == "H" else node.width)) <= spatial}
        require({factor.axis for factor in spatial} == whole_axes & {factor.axis for factor in spatial}, "a sum over a part of an axis")
        over = {axis for axis in "HW" if axis in {factor.axis for factor in spatial} or (node.height if axis == "H" else node.width) == 1}
        if over == {"H", "W"}:
            times = node.height * node.width
            node = _mean(graph, node)
        else:
            kernel = [node.height, 1] if "H" in over else [1, node.width]
            times = kernel[0] * kernel[1]
            grid = (node.channels, node.height // kernel[0], node.width // kernel[1])
            node = graph.add("average_pool", [node], {"kernel": kernel, "stride": kernel, "padding": [0, 0]}, grid)
    result = Feature(node, kept, None if node.is_static else step, over_time)
    if is_sum and times > 1:
        result = scaled(graph, result, float(times))
    if "C" in axes:
        result = _over_channels(graph, result, [factor for factor in factors if factor.axis == "C"], is_sum)
    return result


def _over_channels(graph, value, factors, is_sum):
    """A mean over groups of channels, as voting layers take it: a linear map with one weight."""
    node = value.node
    require(len(factors) == 1, "a sum over channels in two dimensions")
    group = factors[0]
    outputs = node.channels // group.size
    matrix = torch.zeros(outputs, node.channels)
    for channel in range(node.channels):
        outer, inner = channel // (group.stride * group.size), channel % group.stride
        matrix[outer * group.stride + inner, channel] = 1.0 if is_sum else 1.0 / group.size
    made = graph.add("linear", [node], {"weight": graph.tensor(Constant(matrix), "weight"), "bias": None}, (outputs, node.height, node.width))
    require(group.stride == 1 or group.stride == outputs, "a sum over channels that lie apart")
    dims = tuple(whole("C", outputs) if any(factor.axis == "C" for factor in factors_) else factors_ for factors_ in value.dims)
    return laid_out(made, dims, value)


def average_pool_1d(graph, a):
    """Over neighbouring channels, which is a voting layer's way."""
    value = affine(graph, a["self"], mean=True)
    size = a["kernel_size"][0] if isinstance(a["kernel_size"], (list, tuple)) else a["kernel_size"]
    stride = a["stride"] or size
    stride = stride[0] if isinstance(stride, (list, tuple)) else stride
    channels = value.node.channels
    require(value.dims[-1] == whole("C", channels) and stride == size and channels % size == 0, "average pooling along one axis")
    matrix = torch.kron(torch.eye(channels // size), torch.full((1, size), 1.0 / size))
    return contracted(graph, value, -1, Constant(matrix), None)


HANDLERS = {
    "linear": linear, "addmm": addmm,
    **{name: convolution for name in ("conv1d", "conv2d", "convolution")},
    "batch_norm": batch_norm, "_native_batch_norm_legit_no_training": normalised, "_batch_norm_no_update": normalised,
    "max_pool2d": max_pool, "max_pool2d_with_indices": max_pool_with_indices,
    "avg_pool2d": average_pool, "avg_pool1d": average_pool_1d,
    "adaptive_avg_pool2d": adaptive_average_pool, "_adaptive_avg_pool2d": adaptive_average_pool,
    "mean": lambda graph, a: reduced(graph, a, False), "sum": lambda graph, a: reduced(graph, a, True),
}
