"""Parts of tensors: single time steps, channels, rows and columns with gaps."""
from .axes import REPEATED, described, size, viewed, whole
from .graph import Feature, Stacked, require
from .movement import STACKED, index_in
from .selection import channels


def select(graph, a):
    value, index = a["self"], a["index"]
    if isinstance(value, Stacked):
        require(index_in(a["dim"], len(value.values[0].dims) + 1) == value.dim, STACKED)
        return value.values[index]
    dim = index_in(a["dim"], len(value.dims))
    factors, rest = value.dims[dim], value.dims[:dim] + value.dims[dim + 1:]
    if not factors:
        return value.with_dims(rest)
    index = index_in(index, size(factors))
    if factors == whole("T", graph.steps):
        if value.node.is_static:
            return value.with_dims(rest)
        return Feature(value.node, rest, index)
    if len(factors) == 1 and factors[0].axis == REPEATED:
        return value.with_dims(rest)
    return _part(graph, value, dim, index, index + 1).with_dims(rest)


def _part(graph, value, dim, first, last):
    """Indices first to last of a dimension, which has to be the outermost factor of the channels."""
    factors = value.dims[dim]
    if first == 0 and last >= size(factors):
        return value
    if factors == whole("T", graph.steps) and last - first == 1:
        dims = value.dims[:dim] + ((),) + value.dims[dim + 1:]
        return value.with_dims(dims) if value.node.is_static else Feature(value.node, dims, first)
    require(all(factor.axis != "T" for factor in factors), "some of the time steps are taken, not all of them")
    require(len(factors) == 1 and factors[0].axis == "C", f"a part of {described(value.dims)} is taken, and only channels can be parted")
    stride = factors[0].stride
    require(factors[0].size * stride == value.node.channels, "channels are taken that do not lie side by side")
    node = channels(graph, value.node, first * stride, last * stride)
    kept = whole("C", (last - first) * stride)
    inner = [factor for factors in value.dims for factor in factors if factor.axis == "C" and factor.stride < stride]
    outer = viewed((kept,), [last - first, stride])[0] if inner else kept
    dims = list(value.dims)
    dims[dim] = outer
    return Feature(node, tuple(dims), None if node.is_static else value.step, value.over_time)


def slice_(graph, a):
    value = a["self"]
    dim = index_in(a["dim"], len(value.dims))
    count = size(value.dims[dim])
    first = index_in(a["start"] or 0, count)
    last = min(count if a["end"] is None else index_in(a["end"], count), count)
    if a["step"] > 1:
        return _every(graph, value, dim, a["step"], (first, last))
    return _part(graph, value, dim, first, last)


def _every(graph, value, dim, step, span):
    """Every so many-th row or column: pooling with windows of one value."""
    node, factors = value.node, value.dims[dim]
    axis = next((axis for axis, length in (("H", node.height), ("W", node.width)) if length > 1 and factors == whole(axis, length)), None)
    require(axis and span == (0, size(factors)), f"one value of {step} is taken of {described((factors,))}, and not from the first on of all rows or columns")
    stride = [step if axis == "H" else 1, step if axis == "W" else 1]
    grid = (node.channels, -(-node.height // stride[0]), -(-node.width // stride[1]))
    pooled = graph.add("max_pool", [node], {"kernel": [1, 1], "stride": stride, "padding": [0, 0]}, grid, node.is_spikes)
    dims = value.dims[:dim] + (whole(axis, -(-size(factors) // step)),) + value.dims[dim + 1:]
    return Feature(pooled, dims, None if pooled.is_static else value.step, value.over_time)


def split(graph, a):
    value = a["self"]
    dim = index_in(a["dim"], len(value.dims))
    count = size(value.dims[dim])
    sizes = a.get("split_sizes", a.get("split_size"))
    if "chunks" in a:
        sizes = -(-count // a["chunks"])
    if isinstance(sizes, int):
        sizes = [min(sizes, count - first) for first in range(0, count, sizes)]
    parts, first = [], 0
    for extent in sizes:
        parts.append(_part(graph, value, dim, first, first + extent))
        first += extent
    return parts


def unbind(graph, a):
    value = a["self"]
    if isinstance(value, Stacked):
        return [select(graph, {**a, "index": index}) for index in range(len(value.values))]
    return [select(graph, {"self": value, "dim": a["dim"], "index": index}) for index in range(size(value.dims[index_in(a["dim"], len(value.dims))]))]


HANDLERS = {"split": split, "split_with_sizes": split, "chunk": split, "unbind": unbind}
