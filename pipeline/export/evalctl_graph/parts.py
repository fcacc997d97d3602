"""Parts of tensors: single time steps, channels, rows and columns with gaps."""
from dataclasses import replace

from .axes import REPEATED, Factor, described, merged, size, whole
from .graph import Constant, Feature, Stacked, require
from .movement import STACKED, index_in
from .order import channels_at, holds_channels, ordered
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
        return replace(value, dims=rest, step=index)
    if len(factors) == 1 and factors[0].axis == REPEATED:
        return value.with_dims(rest)
    taken = part(graph, value, dim, index, index + 1)
    return taken.with_dims(taken.dims[:dim] + taken.dims[dim + 1:])


def part(graph, value, dim, first, last):
    """Indices first to last of a dimension: one time step, or channels."""
    factors = value.dims[dim]
    if first == 0 and last >= size(factors):
        return value
    if factors == whole("T", graph.steps) and last - first == 1:
        dims = value.dims[:dim] + ((),) + value.dims[dim + 1:]
        return value.with_dims(dims) if value.node.is_static else replace(value, dims=dims, step=first)
    require(first < last, "nothing is taken of an axis")
    require(all(factor.axis != "T" for factor in factors), "some of the time steps are taken, not all of them")
    outer, inner = factors[0], size(factors[1:])
    require(
        outer.axis == "C" and (first // inner == (last - 1) // inner or not (first % inner or last % inner)),
        f"a part of {described(value.dims)} is taken, and only channels can be parted")
    taken = range(first // inner, (last - 1) // inner + 1)
    value = _with_digits(graph, value, outer, taken)
    return value if len(taken) > 1 else part(graph, value, dim, first % inner, first % inner + last - first)


def _with_digits(graph, value, factor, taken: range):
    """The channels whose place along a factor is among those taken, all others left out, in the order of the channels."""
    span = factor.stride * factor.size
    wanted = [channel for channel in range(value.node.channels) if channel % span // factor.stride in taken]
    if value.order:
        wanted = [value.order[channel] for channel in wanted]
    node = channels(graph, value.node, sorted(wanted))
    order = ordered([sorted(wanted).index(channel) for channel in wanted])
    return Feature(node, _restrided(value.dims, factor, len(taken)), None if node.is_static else value.step, value.over_time, order=order)


def _restrided(dims, factor, count: int):
    """Dimensions of channels of which a factor has another size."""
    def changed(own):
        if own.axis != "C" or own.stride < factor.stride:
            return own
        return Factor("C", count, own.stride) if own == factor else Factor("C", own.size, own.stride // factor.size * count)
    return tuple(merged(map(changed, factors)) for factors in dims)


def slice_(graph, a):
    value = a["self"]
    dim = index_in(a["dim"], len(value.dims))
    count = size(value.dims[dim])
    first = index_in(a["start"] or 0, count)
    last = min(count if a["end"] is None else index_in(a["end"], count), count)
    if a["step"] > 1:
        return _every(graph, value, dim, a["step"], (first, last))
    return part(graph, value, dim, first, last)


def _every(graph, value, dim, step, span):
    """Every so many-th row or column: pooling with windows of one value."""
    node, factors = value.node, value.dims[dim]
    axis = next((axis for axis, length in (("H", node.height), ("W", node.width)) if length > 1 and factors == whole(axis, length)), None)
    require(axis and span == (0, size(factors)), f"one value of {step} is taken of {described((factors,))}, and not from the first on of all rows or columns")
    stride = [step if axis == "H" else 1, step if axis == "W" else 1]
    grid = (node.channels, -(-node.height // stride[0]), -(-node.width // stride[1]))
    pooled = graph.add("max_pool", [node], {"kernel": [1, 1], "stride": stride, "padding": [0, 0]}, grid, node.is_spikes)
    dims = value.dims[:dim] + (whole(axis, -(-size(factors) // step)),) + value.dims[dim + 1:]
    return replace(value, node=pooled, dims=dims, step=None if pooled.is_static else value.step)


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
        parts.append(part(graph, value, dim, first, first + extent))
        first += extent
    return parts


def index(graph, a):
    """Channels at constant places, in whatever order."""
    value, indices = a["self"], a.get("indices", [a.get("index")])
    indices = [None] * index_in(a.get("dim", 0), len(value.dims)) + list(indices)
    dims = [dim for dim, own in enumerate(indices) if own is not None]
    places = indices[dims[0]].tensor.flatten().tolist() if len(dims) == 1 and isinstance(indices[dims[0]], Constant) else []
    require(
        places and len(set(places)) == len(places) and holds_channels(value.dims, dims[0], value.node.channels),
        "values are taken by an index that is no constant list of channels")
    all_of = channels_at(value.dims[dims[0]], value.order)
    wanted = [all_of[place] for place in places]
    node = channels(graph, value.node, sorted(wanted))
    own = value.dims[:dims[0]] + (whole("C", len(wanted)),) + value.dims[dims[0] + 1:]
    return replace(
        value, node=node, dims=own, step=None if node.is_static else value.step, order=ordered([sorted(wanted).index(channel) for channel in wanted]))


def unbind(graph, a):
    value = a["self"]
    if isinstance(value, Stacked):
        return [select(graph, {**a, "index": index}) for index in range(len(value.values))]
    return [select(graph, {"self": value, "dim": a["dim"], "index": index}) for index in range(size(value.dims[index_in(a["dim"], len(value.dims))]))]


HANDLERS = {"split": split, "split_with_sizes": split, "chunk": split, "unbind": unbind, "index": index, "index_select": index}
