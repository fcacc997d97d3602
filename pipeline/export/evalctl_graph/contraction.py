"""Linear maps along one dimension, and what is one in disguise."""
from dataclasses import replace
from math import prod

import torch

from .axes import REPEATED, Factor, described, merged, size, whole, without_repeats
from .failure import ExportError
from .graph import Constant, Feature, laid_out, require
from .order import in_node_order
from .values import affine


def contracted(graph, value: Feature, dim: int, weight: Constant, bias: Constant | None) -> Feature:
    """A linear map along one dimension; `weight` is `[outputs, inputs]`."""
    value = affine(graph, value, mean=True)
    dim = dim % len(value.dims)
    require(weight.tensor.ndim == 2, "the weights of a linear map are no matrix")
    value, weight = _without_repeats(value, dim, weight)
    node, factors = value.node, value.dims[dim]
    outputs = weight.tensor.shape[0]

    def with_axis(op, fields, grid, axis):
        require(op == "linear" or outputs == size(factors), f"a linear map that changes the number of {fields.get('axis')}")
        made = graph.add(op, [node], fields, grid)
        return laid_out(made, value.dims[:dim] + (whole(axis, outputs),) + value.dims[dim + 1:], value)

    def names():
        return {"weight": graph.tensor(weight, "weight"), "bias": graph.tensor(bias, "bias")}

    rest = {factor.axis for at, others in enumerate(value.dims) if at != dim for factor in others}
    if size(factors) == node.channels and all(factor.axis == "C" for factor in factors):
        weight, value = for_node(weight, factors, value)
        if node.op == "concatenate" and any(one.op in ("flatten", "mean") for one in node.inputs):
            return laid_out(_of_parts(graph, node, weight, bias), value.dims[:dim] + (whole("C", outputs),) + value.dims[dim + 1:], value)
        return with_axis("linear", names(), (outputs, node.height, node.width), "C")
    if len(factors) == 1 and factors == whole("H", node.height):
        return with_axis("mix", {"axis": "rows", **names()}, (node.channels, outputs, node.width), "H")
    if len(factors) == 1 and factors == whole("W", node.width):
        return with_axis("mix", {"axis": "columns", **names()}, (node.channels, node.height, outputs), "W")
    if not rest & {"C", "H", "W"}:
        return _flattened(graph, value, dim, weight, bias)
    patch = _patch(value, dim) if value.order is None else None
    if patch:
        kernel = Constant(in_order(weight, factors).tensor.reshape(outputs, node.channels, *patch))
        fields = {
            "weight": graph.tensor(kernel, "weight"), "bias": graph.tensor(bias, "bias"), "stride": patch, "padding": [0, 0],
            "dilation": [1, 1], "groups": 1,
        }
        made = graph.add("convolution", [node], fields, (outputs, node.height // patch[0], node.width // patch[1]))
        return laid_out(made, tuple(
            whole("C", outputs) if at == dim else merged(Factor(own.axis, own.size) if own.axis in "HW" else own for own in others)
            for at, others in enumerate(value.dims)), value)
    raise ExportError(
        f"a linear map along {described((factors,))} of {described(value.dims)}: along channels, rows, columns or all of them is what can be described")


def _of_parts(graph, node, weight: Constant, bias: Constant | None):
    """A linear map of features side by side as the sum of one of each: fixed-point engines read means and flattened spikes in linear maps only."""
    parts, start, outputs = [], 0, weight.tensor.shape[0]
    for one in node.inputs:
        own = Constant(weight.tensor[:, start:start + one.channels])
        fields = {"weight": graph.tensor(own, "weight"), "bias": None if parts else graph.tensor(bias, "bias")}
        parts.append(graph.add("linear", [one], fields, (outputs, one.height, one.width)))
        start += one.channels
    return graph.add("sum", parts, {}, (outputs, node.height, node.width))


def _flattened(graph, value, dim, weight, bias):
    """A linear map of everything: its weights in the order channels, rows, columns."""
    node, matrix = value.node, in_order(weight, value.dims[dim])
    total = node.channels * node.height * node.width
    require(matrix.tensor.shape[1] == total, "a linear map reads a part of a feature")
    if value.order:
        by_channel = matrix.tensor.unflatten(1, (node.channels, -1))
        matrix, value = Constant(in_node_order(by_channel, value.order, 1).flatten(1)), replace(value, order=None)
    flat = node if node.height * node.width == 1 else graph.add("flatten", [node], {}, (total, 1, 1), node.is_spikes)
    outputs = matrix.tensor.shape[0]
    made = graph.add(
        "linear", [flat], {"weight": graph.tensor(matrix, "weight"), "bias": graph.tensor(bias, "bias")}, (outputs, 1, 1))
    return laid_out(made, value.dims[:dim] + (whole("C", outputs),) + value.dims[dim + 1:], value)


def _without_repeats(value, dim, weight: Constant):
    """A dimension in which every value stands once, and weights that are sums of those that read the same value."""
    factors = value.dims[dim]
    repeats = [1 + at for at, factor in enumerate(factors) if factor.axis == REPEATED]
    if not repeats:
        return value, weight
    summed = weight.tensor.reshape(-1, *[factor.size for factor in factors]).sum(repeats).flatten(1)
    return value.with_dims(value.dims[:dim] + (merged(without_repeats(factors)),) + value.dims[dim + 1:]), Constant(summed)


def in_order(weight: Constant, factors) -> Constant:
    """Weights whose second axis stands for the factors, with these in the order channels, rows, columns."""
    order = sorted(range(len(factors)), key=lambda at: ("CHW".index(factors[at].axis), -factors[at].stride))
    if order == list(range(len(factors))):
        return weight
    shape = weight.tensor.shape
    split = weight.tensor.reshape(shape[0], *[factor.size for factor in factors], *shape[2:])
    places = [1 + at for at in order] + list(range(1 + len(factors), split.ndim))
    return Constant(split.permute(0, *places).reshape(shape))


def for_node(weight: Constant, factors, value: Feature):
    """Weights whose second axis stands for the factors of all channels, as the node has these, and the feature in the node's order."""
    return Constant(in_node_order(in_order(weight, factors).tensor, value.order, 1)) if value.order else in_order(weight, factors), replace(
        value, order=None)


def _patch(value: Feature, dim: int) -> list[int] | None:
    """Rows and columns of the patches side by side, without gaps, that a dimension holds with all their channels; nil where it holds else."""
    node, inner = value.node, {}
    for factor in value.dims[dim]:
        inner.setdefault(factor.axis, []).append(factor)
    outer = [factor for at, others in enumerate(value.dims) if at != dim for factor in others if factor.axis in "CHW"]
    if prod(factor.size for factor in inner.pop("C", [])) != node.channels or any(len(every) > 1 for every in inner.values()):
        return None
    patch = []
    for axis, length in (("H", node.height), ("W", node.width)):
        extent = inner[axis][0].size if axis in inner else 1
        patch.append(extent)
        stands = axis not in inner or inner[axis][0].stride == 1
        if not stands or [own for own in outer if own.axis == axis] != ([Factor(axis, length // extent, extent)] if extent < length else []):
            return None
    return None if any(own.axis == "C" for own in outer) else patch


def as_logits(graph, value: Feature) -> Feature:
    """The answer as currents: behind spikes, and what counts them, stands a linear map that changes nothing but the order of shuffled channels."""
    waiting, seen = [value.node], set()
    while waiting:
        node = waiting.pop()
        if node.op not in (*SPIKES, *COUNTING) and value.order is None:
            return value
        if node.op in COUNTING:
            waiting += [one for one in node.inputs if one not in seen]
            seen.update(node.inputs)
    graph.path = ""
    outputs = value.node.channels
    weight, value = for_node(Constant(torch.eye(outputs)), whole("C", outputs), value)
    made = graph.add("linear", [value.node], {"weight": graph.tensor(weight, "logits"), "bias": None}, (outputs, 1, 1))
    return laid_out(made, value.dims, value)


# Nodes that give spikes, and those that give numbers of spikes where they read spikes.
SPIKES = ("neuron", "and", "iand", "gate")
COUNTING = ("sum", "concatenate", "max_pool", "average_pool", "mean", "flatten")


def linear(graph, a):
    return contracted(graph, a["input"], -1, weights(a["weight"]), a.get("bias"))


def addmm(graph, a):
    """`bias + input @ weight`."""
    require(a["beta"] == 1 and a["alpha"] == 1, "a product with factors")
    return contracted(graph, a["mat1"], -1, transposed(weights(a["mat2"])), a["self"])


def weights(value) -> Constant:
    if not isinstance(value, Constant):
        raise ExportError("the weights of a layer depend on the image")
    return value


def transposed(weight: Constant) -> Constant:
    return Constant(weight.tensor.t().contiguous())


HANDLERS = {"linear": linear, "addmm": addmm}
