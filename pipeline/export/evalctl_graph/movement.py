"""Operators that move values and compute nothing."""
from .axes import REPEATED, Factor, merged, size, viewed, whole
from .failure import ExportError
from .graph import Complement, Scores, Stacked, require

STACKED = "features stacked along an axis of their own are neither added up nor taken one by one"


def moved(change):
    """A handler that changes a tensor's dimensions."""
    def handler(graph, a):
        value = a.get("self", a.get("input"))
        if isinstance(value, Scores):
            raise ExportError("products of queries and keys can be scaled and multiplied, not reshaped")
        if isinstance(value, Stacked):
            raise ExportError(STACKED)
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


def repeat_each(graph, value, a):
    dim = index_in(a["dim"], len(value.dims)) if a["dim"] is not None else 0
    require(a["dim"] is not None and not value.dims[dim], "an axis is repeated that has more than one value")
    return value.dims[:dim] + (_repeated(graph, value, a["repeats"]),) + value.dims[dim + 1:]


def tile(graph, value, a):
    counts = list(a["dims"])
    return repeat(graph, value, {"repeats": [1] * (len(value.dims) - len(counts)) + counts})


def unshuffle_pixels(graph, value, a):
    """Blocks of pixels as channels."""
    side = a["downscale_factor"]
    channels, rows, columns = value.dims[-3:]
    (row, inner_row), (column, inner_column) = (viewed((own,), [size(own) // side, side]) for own in (rows, columns))
    return value.dims[:-3] + (merged(channels + inner_row + inner_column), row, column)


HANDLERS = {
    **{name: moved(view) for name in ("view", "_unsafe_view", "reshape", "_reshape_copy", "view_copy")},
    "flatten": moved(flatten), "unflatten": moved(unflatten), "permute": moved(permute), "transpose": moved(transpose), "t": moved(transpose),
    "unsqueeze": moved(unsqueeze), "squeeze": moved(squeeze), "expand": moved(expand), "repeat": moved(repeat),
    "repeat_interleave": moved(repeat_each), "tile": moved(tile), "pixel_unshuffle": moved(unshuffle_pixels),
    **{name: same for name in (
        "clone", "contiguous", "alias", "detach", "lift_fresh_copy", "_to_copy", "to", "type_as", "lift_fresh")},
}
