"""Batch normalisations."""
from dataclasses import replace

import torch

from .axes import described, whole
from .graph import Constant, laid_out, require
from .order import for_channels, is_shuffled
from .values import affine


def batch_norm(graph, a):
    value = affine(graph, a["input"], mean=True)
    require(not a.get("training", False), "a normalisation in training mode")
    mean, variance = a["running_mean"], a["running_var"]
    require(mean is not None and variance is not None, "a normalisation without running statistics")
    if is_shuffled(value, value.dims[1]):
        own = {name: for_channels(a[name], value, 1) for name in ("running_mean", "running_var", "weight", "bias")}
        plain = replace(value, order=None, dims=(value.dims[0], whole("C", value.node.channels)) + value.dims[2:])
        return replace(batch_norm(graph, {**a, **own, "input": plain}), order=value.order).with_dims(value.dims)
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


HANDLERS = {"batch_norm": batch_norm, "_native_batch_norm_legit_no_training": normalised, "_batch_norm_no_update": normalised}
