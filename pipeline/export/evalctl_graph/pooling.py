"""Pooling, means and sums."""
from dataclasses import replace

import torch

from .arithmetic import total
from .axes import REPEATED, Factor, described, whole
from .contraction import contracted
from .graph import Constant, Feature, Stacked, laid_out, require
from .layers import extents, grid_place, pair, windowed
from .movement import STACKED
from .values import affine, scaled


def _pooling(graph, value, op, kernel, stride, padding, is_spikes, rounds_up=False):
    kernel = pair(kernel)
    stride, padding = pair(stride or kernel), pair(padding)
    fields = {"kernel": kernel, "stride": stride, "padding": padding}
    size = extents(value, kernel, stride, padding)
    rest = [length + 2 * pad - taps - (count - 1) * step for length, taps, step, pad, count in zip(value.node.grid[1:], kernel, stride, padding, size)]
    require(not rounds_up or not any(rest), "pooling with ceil_mode whose last window is not whole")
    return windowed(graph, value, op, fields, size, value.node.channels, is_spikes)


def max_pool(graph, a):
    value = affine(graph, a["self"])
    require(set(pair(a["dilation"])) == {1}, "maximum pooling with gaps")
    return _pooling(graph, value, "max_pool", a["kernel_size"], a["stride"], a["padding"], value.node.is_spikes, a["ceil_mode"])


def max_pool_with_indices(graph, a):
    return [max_pool(graph, a), None]


def average_pool(graph, a):
    value = affine(graph, a["self"], mean=True)
    require(a["divisor_override"] is None, "average pooling with a divisor of its own")
    require(a["count_include_pad"] or set(pair(a["padding"])) == {0}, "average pooling that does not count its padding")
    return _pooling(graph, value, "average_pool", a["kernel_size"], a["stride"], a["padding"], False, a["ceil_mode"])


def adaptive_max_pool(graph, a):
    value = affine(graph, a["self"])
    return [_pooling(graph, value, "max_pool", _adaptive_kernel(value.node, a["output_size"]), None, 0, value.node.is_spikes), None]


def _adaptive_kernel(node, output_size):
    wanted = pair(output_size)
    require(
        node.height % wanted[0] == 0 and node.width % wanted[1] == 0,
        f"adaptive pooling of {node.height}x{node.width} to {wanted[0]}x{wanted[1]}, with windows that are not all the same")
    return [node.height // wanted[0], node.width // wanted[1]]


def adaptive_average_pool(graph, a):
    value = affine(graph, a["self"], mean=True)
    node, wanted = value.node, pair(a["output_size"])
    if wanted == [1, 1]:
        at = grid_place(value)
        return laid_out(_over_positions(graph, node), value.dims[:at + 1] + ((), ()), value)
    if node.height * node.width == 1:
        # More places than there are: each has the one value.
        return value.with_dims(value.dims[:-2] + tuple((Factor(REPEATED, extent),) if extent > 1 else () for extent in wanted))
    kernel = _adaptive_kernel(node, wanted)
    return value if kernel == [1, 1] else _pooling(graph, value, "average_pool", kernel, None, 0, False)


def adaptive_average_pool_1d(graph, a):
    """Over all tokens."""
    require(list(a["output_size"]) == [1], "adaptive pooling along one axis to more than one value")
    return reduced(graph, {"self": a["self"], "dim": [-1], "keepdim": True}, False)


def _over_positions(graph, node):
    if node.height * node.width == 1:
        return node
    return graph.add("mean", [node], {"over": "positions"}, (node.channels, 1, 1))


def reduced(graph, a, is_sum: bool):
    """A mean or sum over dimensions: time is kept in mind, positions and channels become nodes."""
    if isinstance(a["self"], Stacked):
        return _over_stack(graph, a["self"], a, is_sum)
    value = affine(graph, a["self"], mean=True)
    dims, count = a["dim"], len(value.dims)
    chosen = {dim % count for dim in ([dims] if isinstance(dims, int) else dims or range(count))}
    factors = [factor for dim in chosen for factor in value.dims[dim]]
    kept = [() if dim in chosen else own for dim, own in enumerate(value.dims) if a.get("keepdim") or dim not in chosen]
    require(all(factor.axis in "TCHW" for factor in factors), f"a sum over {described(tuple(value.dims[dim] for dim in sorted(chosen)))}")
    result = value.with_dims(kept)
    if any(factor.axis == "T" for factor in factors):
        require(value.over_time is None, "a mean over time is taken twice")
        result = replace(result, over_time=float(graph.steps) if is_sum else 1.0)
    spatial = {factor for factor in factors if factor.axis in "HW"}
    if spatial:
        result = _over_axes(graph, result, spatial, is_sum)
    channels = [factor for factor in factors if factor.axis == "C"]
    return _over_channels(graph, result, channels, is_sum) if channels else result


def _over_stack(graph, stack: Stacked, a, is_sum: bool):
    dims = [a["dim"]] if isinstance(a["dim"], int) else list(a["dim"] or [])
    require([dim % (len(stack.values[0].dims) + 1) for dim in dims] == [stack.dim], STACKED)
    result = stack.values[0]
    for value in stack.values[1:]:
        result = total(graph, result, value, 1.0)
    if a.get("keepdim"):
        result = result.with_dims(result.dims[:stack.dim] + ((),) + result.dims[stack.dim:])
    return result if is_sum else scaled(graph, result, 1 / len(stack.values))


def _over_axes(graph, value: Feature, spatial, is_sum: bool) -> Feature:
    node = value.node
    rows, columns = set(whole("H", node.height)), set(whole("W", node.width))
    require(spatial in (rows, columns, rows | columns), "a sum over a part of an axis")
    if spatial == rows | columns:
        mean = replace(value, node=_over_positions(graph, node))
        return scaled(graph, mean, float(node.height * node.width), fold=False) if is_sum else mean
    kernel = [node.height, 1] if spatial == rows else [1, node.width]
    grid = (node.channels, node.height // kernel[0], node.width // kernel[1])
    pooled = graph.add("average_pool", [node], {"kernel": kernel, "stride": kernel, "padding": [0, 0]}, grid)
    mean = replace(value, node=pooled)
    return scaled(graph, mean, float(kernel[0] * kernel[1]), fold=False) if is_sum else mean


def _over_channels(graph, value, factors, is_sum):
    """A mean over groups of channels, as voting layers take it: a linear map with one weight."""
    node = value.node
    require(len(factors) == 1 and value.order is None, "a sum over channels in two dimensions, or of shuffled ones that were joined")
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
    "max_pool2d": max_pool, "max_pool2d_with_indices": max_pool_with_indices,
    "avg_pool2d": average_pool, "avg_pool1d": average_pool_1d,
    "adaptive_max_pool2d": adaptive_max_pool, "adaptive_avg_pool1d": adaptive_average_pool_1d,
    "adaptive_avg_pool2d": adaptive_average_pool, "_adaptive_avg_pool2d": adaptive_average_pool,
    "mean": lambda graph, a: reduced(graph, a, False), "sum": lambda graph, a: reduced(graph, a, True),
}
