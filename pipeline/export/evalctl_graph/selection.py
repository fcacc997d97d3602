"""A part of a feature's channels, found where they are made: no node takes channels apart."""
from .failure import ExportError
from .graph import Constant


def channels(graph, node, first: int, last: int):
    """The node that makes channels `first` up to `last` of a node."""
    if (first, last) == (0, node.channels):
        return node
    grid = (last - first, node.height, node.width)

    def rows(field):
        name = node.fields.get(field)
        return graph.tensor(Constant(graph.tensors[name][first:last]), f"{name}.{first}-{last}") if name else None

    def inputs():
        return [channels(graph, one, first, last) for one in node.inputs]

    fields = dict(node.fields)
    if node.op == "linear" or node.op == "convolution" and node.fields["groups"] == 1:
        fields.update(weight=rows("weight"), bias=rows("bias"))
        return graph.add(node.op, node.inputs, fields, grid, path=node.path)
    if node.op == "convolution" and node.fields["groups"] == node.channels == node.inputs[0].channels:
        fields.update(weight=rows("weight"), bias=rows("bias"), groups=last - first)
        return graph.add(node.op, inputs(), fields, grid, path=node.path)
    if node.op == "normalisation":
        if node.fields["axis"] == "channel":
            fields.update({field: rows(field) for field in ("weight", "bias", "mean", "variance")})
        return graph.add(node.op, inputs(), fields, grid, path=node.path)
    if node.op == "neuron":
        start = node.part[0] if node.part else 0
        part = (start + first, start + last)
        return graph.add(node.op, inputs(), fields, grid, True, part, node.path)
    if node.op in ("sum", "and", "iand", "scale", "max_pool", "average_pool", "mean", "mix"):
        return graph.add(node.op, inputs(), fields, grid, node.is_spikes, path=node.path)
    if node.op == "concatenate":
        parts, start = [], 0
        for one in node.inputs:
            low, high = max(first - start, 0), min(last - start, one.channels)
            if low < high:
                parts.append(channels(graph, one, low, high))
            start += one.channels
        return parts[0] if len(parts) == 1 else graph.add("concatenate", parts, {}, grid, node.is_spikes, path=node.path)
    raise ExportError(f"some of the channels of a {node.op} are taken")
