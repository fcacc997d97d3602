"""Tensors that are written part by part, as loops over time do that make room for their answers first."""
import torch

from . import border
from .axes import shape
from .graph import UNFINISHED, Constant, Feature, Written, require
from .joining import stack
from .parts import select, slice_


def copied(graph, a):
    return a["src"]


def filled_with(graph, a):
    value = a["value"]
    return value if isinstance(value, Constant) else Constant(torch.tensor(float(value), dtype=torch.float64))


def index_written(graph, a):
    """`tensor[index] = value`."""
    whole, part, dim, index = a["self"], a["src"], a["dim"], a["index"]
    require(isinstance(part, Feature) and isinstance(whole, (Constant, Written)), "a feature is written over in part")
    base = whole.base if isinstance(whole, Written) else whole
    count, dim = base.tensor.shape[dim], dim % base.tensor.ndim
    require(isinstance(whole, Constant) or whole.dim == dim, "a tensor is written along two dimensions")
    parts = dict(whole.parts) if isinstance(whole, Written) else {}
    parts[index % count] = part
    if len(parts) == count:
        return stack(graph, {"tensors": [parts[at] for at in range(count)], "dim": dim})
    return Written(base, dim, tuple(parts.items()))


def span_written(graph, a):
    if border.is_bordered(a["self"]):
        return border.written(graph, a["self"], a)
    whole = a["self"].base if isinstance(a["self"], Written) else a["self"]
    count = whole.tensor.shape[a["dim"]] if isinstance(whole, Constant) else None
    require(count and _is_all(a, count), "a part of a tensor is written over")
    return a["src"]


def _is_all(a, count: int) -> bool:
    return (a["start"] or 0) == 0 and (a["end"] is None or a["end"] >= count) and a["step"] == 1


def index_of(graph, a):
    value = a["self"]
    if not isinstance(value, Written):
        return select(graph, a)
    require(a["dim"] % value.base.tensor.ndim == value.dim, UNFINISHED)
    written = dict(value.parts).get(a["index"] % value.base.tensor.shape[value.dim])
    return written or Constant(value.base.tensor.select(value.dim, a["index"]))


def span_of(graph, a):
    value = a["self"]
    if border.is_bordered(value):
        return border.span(value, a)
    if not isinstance(value, Written):
        return slice_(graph, a)
    require(_is_all(a, value.base.tensor.shape[a["dim"]]), UNFINISHED)
    return value


def filled(number: float):
    """A handler that makes a constant of a size, or of the size that a feature's tensor has."""
    def handler(graph, a):
        size = a.get("size")
        return Constant(torch.full(shape(a["self"].dims) if size is None else size, float(a.get("fill_value", number)), dtype=torch.float64))
    return handler


HANDLERS = {
    "copy": copied, "fill": filled_with, "select_scatter": index_written, "slice_scatter": span_written, "select": index_of, "slice": span_of,
    **{name: filled(0.0) for name in ("new_zeros", "zeros_like", "new_empty", "empty_like", "new_full", "full_like")},
    **{name: filled(1.0) for name in ("new_ones", "ones_like")},
}
