"""Sums, factors and constants."""
from dataclasses import replace

import torch

from .axes import described, merged, size, whole
from .gating import both
from .graph import Complement, Constant, Feature, Scores, aligned, require
from .selection import alike
from .values import affine, along, plain, scaled, shifted


def number(value) -> float | None:
    """A number, also where a tensor holds it; nil for others."""
    if isinstance(value, Constant):
        value = value.tensor.flatten()[0].item() if value.tensor.numel() and bool((value.tensor == value.tensor.flatten()[0]).all()) else None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _vector(value: Feature, constant: Constant):
    """The axis along which a constant differs, and its values there in order."""
    tensor = constant.tensor
    tensor = tensor.reshape([1] * (len(value.dims) - tensor.ndim) + list(tensor.shape))
    require(
        tensor.ndim == len(value.dims) and all(own in (1, size(factors)) for own, factors in zip(tensor.shape, value.dims)),
        f"a constant of shape {list(tensor.shape)} spreads {described(value.dims)} over more places than it has")
    factors, extents = [], []
    for dim, own in enumerate(value.dims):
        if tensor.shape[dim] > 1 and bool((tensor == tensor.narrow(dim, 0, 1)).all()):
            tensor = tensor.narrow(dim, 0, 1)
        if tensor.shape[dim] > 1:
            factors += own
            extents += [factor.size for factor in own]
    order = sorted(range(len(factors)), key=lambda at: ("TCHW".index(factors[at].axis), -factors[at].stride))
    ordered = tuple(factors[at] for at in order)
    values = tensor.reshape(extents).permute(order).flatten()
    node = value.node
    axes = {
        whole("C", node.channels): "channel", whole("H", node.height) + whole("W", node.width): "token",
        whole("H", node.height): "row", whole("W", node.width): "column",
    }
    return merged(ordered), axes.get(merged(ordered)), values


def _with_constant(graph, value: Feature, constant: Constant, is_product: bool) -> Feature:
    factors, axis, values = _vector(value, constant)
    if is_product and any(factor.axis == "T" for factor in factors):
        require([factor.axis for factor in factors] == ["T"], f"factors that differ along {described((factors,))}")
        return factors_of_time(graph, value, values)
    require(axis is not None, f"a constant that differs along {described((factors,))}: along channels, tokens, rows or columns is what can be described")
    one, zero = torch.ones(1), torch.zeros(1)
    return along(graph, value, axis, values, zero) if is_product else along(graph, value, axis, one, values)


def factors_of_time(graph, value: Feature, factors) -> Feature:
    """Each time step times a factor of its own."""
    name = graph.vector(factors, "scale")
    node = value.node
    if node.op != "normalisation" or node.fields["scale"] is not None:
        return replace(along(graph, value, "channel", torch.ones(1), torch.zeros(1), name), step=None)
    made = graph.add("normalisation", node.inputs, {**node.fields, "scale": name}, node.grid, path=node.path, is_static=False)
    return Feature(made, value.dims, order=value.order)


def add(graph, a):
    one, other, factor = a["self"], a["other"], a.get("alpha", 1)
    return total(graph, one, other, float(factor))


def subtract(graph, a):
    one, other, factor = a["self"], a["other"], float(a.get("alpha", 1))
    if isinstance(other, Feature) and other.node.is_spikes and number(one) == 1.0 and factor == 1:
        return Complement(other)
    return total(graph, one, other, -factor)


def subtract_reversed(graph, a):
    return subtract(graph, {"self": a["other"], "other": a["self"], "alpha": a.get("alpha", 1)})


def total(graph, one, other, factor: float):
    """`one + factor * other`."""
    if isinstance(other, (int, float, Constant)):
        single = number(other)
        if single == 0.0:
            return one
        value = plain(graph, one)
        return shifted(graph, value, single * factor) if single is not None else _with_constant(
            graph, value, Constant(other.tensor * factor), False)
    if isinstance(one, (int, float, Constant)):
        return total(graph, scaled(graph, plain(graph, other), factor), one, 1.0)
    if isinstance(one, Feature) and isinstance(other, Feature) and factor == 1.0:
        gathered = _over_steps(graph, one, other)
        if gathered is not None:
            return gathered
    one, other = plain(graph, one), scaled(graph, plain(graph, other), factor)
    require((one.over_time is None) == (other.over_time is None), "a mean over time and a feature of each step are added")
    if one.over_time != other.over_time:
        one, other = affine(graph, one, mean=True), affine(graph, other, mean=True)
    require(one.node.grid == other.node.grid, f"features of {list(one.node.grid)} and {list(other.node.grid)} are added")
    one, other = alike(graph, one, other)
    dims, step = aligned(one, other)
    node = graph.add("sum", [one.node, other.node], {}, one.node.grid)
    return Feature(node, dims, None if node.is_static else step, one.over_time, order=one.order)


def _over_steps(graph, one: Feature, other: Feature):
    """The sum of a node's features of different time steps."""
    steps = [value.summed if value.summed is not None else {value.step} for value in (one, other)]
    if one.node is not other.node or one.node.is_static or None in steps[0] | steps[1] or one.dims != other.dims:
        return None
    require(not steps[0] & steps[1], "a time step is added twice")
    both = frozenset(steps[0] | steps[1])
    if len(both) == graph.steps:
        return Feature(one.node, one.dims, over_time=float(graph.steps), order=one.order)
    return Feature(one.node, one.dims, summed=both, order=one.order)


def multiply(graph, a):
    one, other = a["self"], a["other"]
    if isinstance(one, (int, float, Constant)):
        one, other = other, one
    if isinstance(other, (int, float, Constant)):
        factor = number(other)
        if isinstance(one, Scores):
            require(factor is not None, "scores are multiplied by more than a number")
            return replace(one, factor=one.factor * factor)
        value = plain(graph, one)
        return scaled(graph, value, factor) if factor is not None else _with_constant(graph, value, other, True)
    if isinstance(one, Complement):
        one, other = other, one
    if isinstance(other, Complement):
        require(not isinstance(one, Complement), "two complements are multiplied")
        return both(graph, "iand", plain(graph, one), other.of)
    return both(graph, "and", plain(graph, one), plain(graph, other))


def divide(graph, a):
    divisor = number(a["other"])
    if divisor is None and isinstance(a["other"], Constant) and a.get("rounding_mode") is None:
        return multiply(graph, {"self": a["self"], "other": Constant(1.0 / a["other"].tensor)})
    require(divisor is not None and divisor != 0, "a division by more than a number")
    require(a.get("rounding_mode") is None, "a division that rounds")
    if isinstance(a["self"], Scores):
        return replace(a["self"], factor=a["self"].factor / divisor)
    value = plain(graph, a["self"])
    if value.over_time is not None and value.over_time / divisor == 1.0:
        return replace(value, over_time=1.0)
    return scaled(graph, value, 1.0 / divisor)


def negate(graph, a):
    return scaled(graph, plain(graph, a["self"]), -1.0)


HANDLERS = {
    "add": add, "add_": add, "sub": subtract, "rsub": subtract_reversed, "mul": multiply, "div": divide, "neg": negate,
}
