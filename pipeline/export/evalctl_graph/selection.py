"""A part of a feature's channels, found where they are made: no node takes channels apart."""
from dataclasses import replace

from .failure import ExportError
from .graph import Constant
from .order import channels_at, holds_channels, inverse


def alike(graph, one, other):
    """Two features whose channels stand in their nodes in one order, as what is computed value by value reads them."""
    found = [[dim for dim in range(-len(value.dims), 0) if holds_channels(value.dims, dim, value.node.channels)] for value in (one, other)]
    if one.node.grid != other.node.grid or one.node.channels == 1 or not found[0] or found[0] != found[1]:
        return one, other
    dim = found[0][0]
    places = [channels_at(value.dims[dim], value.order) for value in (one, other)]
    if places[0] == places[1]:
        return one, other
    try:
        return one, _moved(graph, other, [places[1][place] for place in inverse(places[0])], one, dim)
    except ExportError:
        return _moved(graph, one, [places[0][place] for place in inverse(places[1])], other, dim), other


def _moved(graph, value, wanted, like, dim):
    dims = list(value.dims)
    dims[dim] = like.dims[dim]
    return replace(value, node=channels(graph, value.node, wanted), dims=tuple(dims), order=like.order)


def channels(graph, node, wanted):
    """The node that makes the wanted channels of a node."""
    wanted = tuple(wanted)
    if wanted == tuple(range(node.channels)):
        return node
    grid = (len(wanted), node.height, node.width)

    def rows(field):
        name = node.fields.get(field)
        return graph.tensor(Constant(graph.tensors[name][list(wanted)]), f"{name}.{min(wanted)}-{max(wanted) + 1}") if name else None

    def inputs(chosen=wanted):
        return [channels(graph, one, chosen) for one in node.inputs]

    fields = dict(node.fields)
    if node.op == "linear" or node.op == "convolution" and node.fields["groups"] == 1:
        fields.update(weight=rows("weight"), bias=rows("bias"))
        return graph.add(node.op, node.inputs, fields, grid, path=node.path)
    if node.op == "convolution":
        groups, read = _groups(node, wanted)
        fields.update(weight=rows("weight"), bias=rows("bias"), groups=groups)
        return graph.add(node.op, inputs(read), fields, grid, path=node.path)
    if node.op == "normalisation":
        if node.fields["axis"] == "channel":
            fields.update({field: rows(field) for field in ("weight", "bias", "mean", "variance")})
        return graph.add(node.op, inputs(), fields, grid, path=node.path)
    if node.op == "neuron":
        own = node.part or range(node.channels)
        return graph.add(node.op, inputs(), fields, grid, True, tuple(own[channel] for channel in wanted), node.path)
    if node.op in ("sum", "and", "iand", "scale", "max_pool", "average_pool", "mean", "mix"):
        return graph.add(node.op, inputs(), fields, grid, node.is_spikes, path=node.path)
    if node.op == "gate":
        gated, gate = node.inputs
        gate = gate if gate.channels < node.channels else channels(graph, gate, wanted)
        return graph.add("gate", [channels(graph, gated, wanted), gate], fields, grid, True, path=node.path)
    if node.op == "concatenate":
        parts, start = [], 0
        for one in node.inputs:
            own = [channel - start for channel in wanted if start <= channel < start + one.channels]
            if list(wanted) != sorted(wanted):
                raise ExportError("channels of a concatenation are taken in an order of their own")
            if own:
                parts.append(channels(graph, one, own))
            start += one.channels
        return parts[0] if len(parts) == 1 else graph.add("concatenate", parts, {}, grid, node.is_spikes, path=node.path)
    raise ExportError(f"some of the channels of a {node.op} are taken")


def _groups(node, wanted) -> tuple[int, list[int]]:
    """How many groups of a convolution the wanted outputs are of, as many of each, and the inputs that those read."""
    outputs, inputs = node.channels // node.fields["groups"], node.inputs[0].channels // node.fields["groups"]
    counts = {}
    for channel in wanted:
        counts[channel // outputs] = counts.get(channel // outputs, 0) + 1
    in_order = [channel // outputs for channel in wanted] == [group for group, count in counts.items() for _ in range(count)]
    if len(set(counts.values())) > 1 or not in_order:
        raise ExportError("channels are taken of a convolution's groups, of some more and of some fewer")
    return len(counts), [group * inputs + channel for group in counts for channel in range(inputs)]
