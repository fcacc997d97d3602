"""Operators that move values and compute nothing."""
from .axes import REPEATED, Factor, described, viewed, whole
from .failure import ExportError
from .graph import Complement, Feature, Scores, require
from .selection import channels


def moved(change):
    """A handler that changes a tensor's dimensions."""
    def handler(graph, a):
        value = a.get("self", a.get("input"))
        if isinstance(value, Scores):
            raise ExportError("products of queries and keys can be scaled and multiplied, not reshaped")
        if isinstance(value, Complement):
            return Complement(value.of.with_dims(change(graph, value.of, a)))
        return value.with_dims(change(graph, value, a))
    return handler


def same(graph, a):
    return a.get("self", a.get("input"))


def index_in(dim: int, count: int) -> int:
    return dim + count if dim < 0 else dim


def view(graph, value, a):
    return viewed(value.dims, a.get("size", a.get("shape")))


def flatten(graph, value, a):
    first, last = index_in(a["start_dim"], len(value.dims)), index_in(a["end_dim"], len(value.dims))
    joined = viewed(value.dims[first:last + 1], [-1])
    return value.dims[:first] + joined + value.dims[last + 1:]


def unflatten(graph, value, a):
    dim = index_in(a["dim"], len(value.dims))
    return value.dims[:dim] + viewed(value.dims[dim:dim + 1], a["sizes"]) + value.dims[dim + 1:]


def permute(graph, value, a):
    return tuple(value.dims[dim] for dim in a["dims"])


def transpose(graph, value, a):
    dims = list(value.dims)
    one, other = a.get("dim0", 0), a.get("dim1", 1)
    dims[one], dims[other] = dims[other], dims[one]
    return tuple(dims)


def unsqueeze(graph, value, a):
    dim = index_in(a["dim"], len(value.dims) + 1)
    return value.dims[:dim] + ((),) + value.dims[dim:]


def squeeze(graph, value, a):
    dims = a.get("dim")
    dims = range(len(value.dims)) if dims is None else [dims] if isinstance(dims, int) else dims
    dropped = {index_in(dim, len(value.dims)) for dim in dims}
    return tuple(factors for dim, factors in enumerate(value.dims) if dim not in dropped or factors)


def _repeated(graph, value, count: int):
    """A new axis of `count` same values: time, where the value does not know time yet."""
    if count == 1:
        return ()
    knows_time = not value.node.is_static or any(factor.axis == "T" for factors in value.dims for factor in factors)
    return (Factor(REPEATED, count),) if count != graph.steps or knows_time else whole("T", count)


def expand(graph, value, a):
    sizes = list(a["size"])
    dims = ((),) * (len(sizes) - len(value.dims)) + value.dims
    return tuple(
        factors if factors or extent in (1, -1) else _repeated(graph, value, extent) for factors, extent in zip(dims, sizes))


def repeat(graph, value, a):
    counts = list(a["repeats"])
    dims = ((),) * (len(counts) - len(value.dims)) + value.dims
    require(all(count == 1 or not factors for factors, count in zip(dims, counts)), "an axis is repeated that has more than one value")
    return tuple(factors or _repeated(graph, value, count) for factors, count in zip(dims, counts))


def select(graph, a):
    value, index = a["self"], a["index"]
    dim = index_in(a["dim"], len(value.dims))
    factors, rest = value.dims[dim], value.dims[:dim] + value.dims[dim + 1:]
    if not factors:
        return value.with_dims(rest)
    index = index_in(index, _size(factors))
    if factors == whole("T", graph.steps):
        if value.node.is_static:
            return value.with_dims(rest)
        return Feature(value.node, rest, index)
    if len(factors) == 1 and factors[0].axis == REPEATED:
        return value.with_dims(rest)
    return _part(graph, value, dim, index, index + 1).with_dims(rest)


def _size(factors) -> int:
    total = 1
    for factor in factors:
        total *= factor.size
    return total


def _part(graph, value, dim, first, last):
    """Indices first to last of a dimension, which has to be the outermost factor of the channels."""
    factors = value.dims[dim]
    if first == 0 and last >= _size(factors):
        return value
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
    size = _size(value.dims[dim])
    first = index_in(a["start"] or 0, size)
    last = min(size if a["end"] is None else index_in(a["end"], size), size)
    if a["step"] > 1:
        return _every(graph, value, dim, a["step"], (first, last))
    return _part(graph, value, dim, first, last)


def _every(graph, value, dim, step, span):
    """Every so many-th row or column: pooling with windows of one value."""
    node, factors = value.node, value.dims[dim]
    axis = next((axis for axis, length in (("H", node.height), ("W", node.width)) if length > 1 and factors == whole(axis, length)), None)
    require(axis and span == (0, _size(factors)), f"every {step}th value is taken of {described((factors,))}, and not of all rows or columns")
    stride = [step if axis == "H" else 1, step if axis == "W" else 1]
    grid = (node.channels, -(-node.height // stride[0]), -(-node.width // stride[1]))
    pooled = graph.add("max_pool", [node], {"kernel": [1, 1], "stride": stride, "padding": [0, 0]}, grid, node.is_spikes)
    dims = value.dims[:dim] + (whole(axis, -(-_size(factors) // step)),) + value.dims[dim + 1:]
    return Feature(pooled, dims, None if pooled.is_static else value.step, value.over_time)


def split(graph, a):
    value = a["self"]
    dim = index_in(a["dim"], len(value.dims))
    size = _size(value.dims[dim])
    sizes = a.get("split_sizes", a.get("split_size"))
    if "chunks" in a:
        sizes = -(-size // a["chunks"])
    if isinstance(sizes, int):
        sizes = [min(sizes, size - first) for first in range(0, size, sizes)]
    parts, first = [], 0
    for extent in sizes:
        parts.append(_part(graph, value, dim, first, first + extent))
        first += extent
    return parts


def unbind(graph, a):
    value = a["self"]
    return [select(graph, {"self": value, "dim": a["dim"], "index": index}) for index in range(_size(value.dims[index_in(a["dim"], len(value.dims))]))]


HANDLERS = {
    **{name: moved(view) for name in ("view", "_unsafe_view", "reshape", "_reshape_copy", "view_copy")},
    "flatten": moved(flatten), "unflatten": moved(unflatten), "permute": moved(permute), "transpose": moved(transpose), "t": moved(transpose),
    "unsqueeze": moved(unsqueeze), "squeeze": moved(squeeze), "expand": moved(expand), "repeat": moved(repeat),
    "split": split, "split_with_sizes": split, "chunk": split, "unbind": unbind,
    **{name: same for name in (
        "clone", "contiguous", "alias", "detach", "lift_fresh_copy", "_to_copy", "to", "type_as", "dropout", "feature_dropout", "native_dropout", "lift_fresh")},
}
