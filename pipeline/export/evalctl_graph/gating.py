"""Spikes and spikes."""
from .axes import whole, without_repeats
from .graph import Feature, aligned, require
from .selection import alike, channels


def both(graph, op, one: Feature, other: Feature) -> Feature:
    """Spikes where both have spikes (`and`), or where the first has one and the other not (`iand`)."""
    require(one.over_time is None and other.over_time is None, "a mean over time is multiplied")
    require(one.node.is_spikes and other.node.is_spikes, "features are multiplied that are not both spikes")
    if op == "and":
        for large, small in ((one, other), (other, one)) if one.order is None else ():
            heads = _heads(large, small)
            if heads:
                return _gated_by_head(graph, large, small, heads)
    one, other = alike(graph, one, other)
    dims, step = aligned(one, other)
    if one.node.grid == other.node.grid:
        if op == "and" and one.node is other.node:
            return one
        node = graph.add(op, [one.node, other.node], {}, one.node.grid, True)
    else:
        require(op == "and", "the complement of spikes of another shape is multiplied")
        large, small = sorted((one.node, other.node), key=_neurons, reverse=True)
        fits = small.grid == (large.channels, 1, 1) or small.grid == (1, large.height, large.width)
        require(fits, f"spikes of {list(one.node.grid)} and {list(other.node.grid)} are multiplied")
        node = graph.add("gate", [large, small], {}, large.grid, True)
    return Feature(node, dims, None if node.is_static else step, order=one.order)


def _neurons(node) -> int:
    return node.channels * node.height * node.width


def _heads(large: Feature, small: Feature) -> int | None:
    """The number of heads where the smaller feature has a channel for each head of the larger one."""
    heads, width = small.node.channels, large.node.channels // max(small.node.channels, 1)
    if heads < 2 or width < 2 or large.node.channels % heads or len(large.dims) != len(small.dims):
        return None
    inner, outer = large.node.channels // heads, whole("C", heads)[0]
    for left, right in zip(map(without_repeats, large.dims), map(without_repeats, small.dims)):
        if left and left[0].axis == "C":
            expected = {inner: (outer,), 1: ()}.get(left[0].stride)
            if len(left) != 1 or right != expected:
                return None
        elif right not in (left, ()):
            return None
    return heads


def _gated_by_head(graph, large: Feature, small: Feature, heads: int) -> Feature:
    """A gate for each head, side by side again."""
    width = large.node.channels // heads
    grid = (width, large.node.height, large.node.width)
    require(large.step == small.step or small.node.is_static or large.node.is_static, "features of different time steps meet")
    parts = [
        graph.add("gate", [channels(graph, large.node, range(head * width, (head + 1) * width)), channels(graph, small.node, [head])], {}, grid, True)
        for head in range(heads)]
    node = graph.add("concatenate", parts, {}, large.node.grid, True)
    return Feature(node, tuple(map(without_repeats, large.dims)), None if node.is_static else large.step)
