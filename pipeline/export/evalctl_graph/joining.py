"""Tensors that become one: time steps, channels, flattened features."""
from dataclasses import replace

import torch

from .arithmetic import factors_of_time
from .axes import whole
from .failure import ExportError
from .graph import Constant, Feature, Stacked, require
from .movement import index_in
from .order import channels_at, holds_channels, ordered


def _features(values):
    for value in values:
        if isinstance(value, Constant) or not isinstance(value, Feature):
            raise ExportError("a constant or a complement is joined with a feature")
    return values


def stack(graph, a):
    values, factors = _apart_from_factors(_features(a["tensors"]), graph.steps)
    dim = index_in(a["dim"], len(values[0].dims) + 1)
    first = values[0]
    is_time = all(value.node is first.node for value in values) and len(values) == graph.steps
    if len(values) > 1 and not is_time and first.node.channels > 1:
        require(len({value.dims for value in values}) == 1, "features of different shapes are stacked")
        return Stacked(tuple(values), dim)
    joined = concatenate(graph, {"tensors": [value.with_dims(value.dims[:dim] + ((),) + value.dims[dim:]) for value in values], "dim": dim})
    return joined if factors is None else factors_of_time(graph, joined, factors)


def _apart_from_factors(values, steps: int):
    """The time steps of one node, and a factor for each, where they are multiplied by factors of their own."""
    apart = [(value.node.inputs[0], value.node.fields["factor"]) if value.node.op == "scale" else (value.node, 1.0) for value in values]
    if len({id(value.node) for value in values}) == 1 or len({id(node) for node, _ in apart}) > 1 or apart[0][0].is_static or len(values) != steps:
        return values, None
    return [replace(value, node=node) for value, (node, _) in zip(values, apart)], torch.tensor([factor for _, factor in apart])


def concatenate(graph, a):
    values = _features(a["tensors"])
    first = values[0]
    dim = index_in(a["dim"], len(first.dims))
    if len(values) == 1:
        return first
    if all(value.node is first.node and not value.dims[dim] for value in values) and len(values) == graph.steps:
        in_order = first.node.is_static or [value.step for value in values] == list(range(graph.steps))
        require(in_order and len({value.dims for value in values}) == 1, "time steps are joined out of their order")
        return Feature(first.node, first.dims[:dim] + (whole("T", graph.steps),) + first.dims[dim + 1:], over_time=first.over_time, order=first.order)
    values = [_flat(graph, value, dim) for value in values]
    first = values[0]
    others = [value.dims[:dim] + value.dims[dim + 1:] for value in values]
    require(
        all(holds_channels(value.dims, dim, value.node.channels) for value in values) and len(set(others)) == 1
        and len({value.node.grid[1:] for value in values}) == 1 and len({value.step for value in values if not value.node.is_static}) <= 1
        and len({value.over_time for value in values}) == 1,
        "features are joined along another axis than their channels")
    total = sum(value.node.channels for value in values)
    node = graph.add(
        "concatenate", [value.node for value in values], {}, (total, first.node.height, first.node.width),
        all(value.node.is_spikes for value in values))
    step = next((value.step for value in values if not value.node.is_static), None)
    channels, start = [], 0
    for value in values:
        channels += [start + channel for channel in channels_at(value.dims[dim], value.order)]
        start += value.node.channels
    return Feature(node, first.dims[:dim] + (whole("C", total),) + first.dims[dim + 1:], step, first.over_time, order=ordered(channels))


def _flat(graph, value: Feature, dim: int) -> Feature:
    """With a dimension that holds channels, rows and columns as channels alone."""
    node = value.node
    if node.height * node.width == 1 or value.dims[dim] != whole("C", node.channels) + whole("H", node.height) + whole("W", node.width):
        return value
    total = node.channels * node.height * node.width
    flat = graph.add("flatten", [node], {}, (total, 1, 1), node.is_spikes)
    return replace(value, node=flat, dims=value.dims[:dim] + (whole("C", total),) + value.dims[dim + 1:])


HANDLERS = {"stack": stack, "cat": concatenate}
