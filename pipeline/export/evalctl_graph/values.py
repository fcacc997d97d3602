"""Values as layers read them: a factor or constants of their own, and what a mean over time goes through."""
from dataclasses import replace
from math import frexp

import torch

from .failure import ExportError
from .graph import UNFINISHED, Bordered, Complement, Feature, Scores, Stacked, Written, laid_out, require
from .movement import STACKED
from .order import in_node_order


def plain(graph, value) -> Feature:
    """A value as a feature."""
    if isinstance(value, Complement):
        negative = scaled(graph, value.of, -1.0)
        return shifted(graph, negative, 1.0)
    if isinstance(value, Scores):
        raise ExportError("a product of queries and keys is used for something else than attention")
    if isinstance(value, (Written, Bordered)):
        raise ExportError(UNFINISHED)
    if isinstance(value, Stacked):
        raise ExportError(STACKED)
    if not isinstance(value, Feature):
        raise ExportError("a constant stands where a feature is needed")
    if value.summed is not None:
        raise ExportError("a sum over some of the time steps is used")
    return value


def affine(graph, value, mean: bool = False) -> Feature:
    """A feature as a layer reads it. A mean over time may go through what is affine; a sum becomes a factor of it first."""
    value = plain(graph, value)
    if value.over_time is None:
        return value
    require(mean, "a mean over time is read by what is not linear")
    if value.over_time == 1.0:
        return value
    factor = value.over_time
    return scaled(graph, replace(value, over_time=1.0), factor, fold=False)


def scaled(graph, value: Feature, factor: float, fold: bool = True) -> Feature:
    if factor == 1.0:
        return value
    if fold and value.over_time is not None:
        return replace(value, over_time=value.over_time * factor)
    node = value.node
    mantissa, exponent = frexp(factor)
    if node.op == "product" and mantissa == 0.5:
        fields = {**node.fields, "scale_exponent": node.fields["scale_exponent"] + exponent - 1}
        return replace(value, node=graph.add("product", node.inputs, fields, node.grid, path=node.path))
    return laid_out(graph.add("scale", [node], {"factor": float(factor)}, node.grid), value.dims, value)


def shifted(graph, value: Feature, constant: float) -> Feature:
    return shifted_by(graph, value, torch.full((1,), constant))


def shifted_by(graph, value: Feature, constants: torch.Tensor) -> Feature:
    """With a constant for each channel added."""
    return along(graph, value, "channel", torch.ones(1), constants)


def along(graph, value: Feature, axis: str, weight, bias, scale=None) -> Feature:
    """Factors and constants along an axis: a normalisation without statistics."""
    node = affine(graph, value, mean=True).node
    count = {"channel": node.channels, "token": node.height * node.width, "row": node.height, "column": node.width}[axis]
    weight, bias = (in_node_order(values.expand(count), value.order if axis == "channel" else None) for values in (weight, bias))
    made = graph.add("normalisation", [node], {
        "axis": axis, "weight": graph.vector(weight, "factors"), "bias": graph.vector(bias, "constants"),
        "mean": graph.vector(torch.zeros(count), "zeros"), "variance": graph.vector(torch.ones(count), "ones"), "epsilon": 0.0, "scale": scale,
    }, node.grid)
    return laid_out(made, value.dims, affine(graph, value, mean=True))
