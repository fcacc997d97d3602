"""The graph as the JSON description and its tensors; see docs/networks.md."""
from .failure import ExportError
from .graph import Graph, Node
from .layers import PADDED

TENSOR_FIELDS = ("weight", "bias", "mean", "variance", "scale", "w")


def written(graph: Graph, output: Node, steps: int, size: int, state: dict):
    """The description, its tensors by name, and the id of each node."""
    ordered = _in_order(output)
    if any(node.op == PADDED for node in ordered):
        raise ExportError("zeros are padded around what no convolution reads")
    ids = _ids(ordered)
    nodes = [{"id": ids[node], "op": node.op, "inputs": [ids[one] for one in node.inputs], **node.fields} for node in ordered]
    names = {node.fields[field] for node in ordered for field in TENSOR_FIELDS if node.fields.get(field) is not None}
    tensors = {name: (graph.tensors[name] if name in graph.tensors else state[name]).detach().float().contiguous() for name in sorted(names)}
    description = {"version": 1, "input": {"channels": 3, "size": size}, "timesteps": steps, "nodes": nodes, "output": ids[output]}
    return description, tensors, ids


def _in_order(output: Node) -> list[Node]:
    """The nodes that the output needs, each behind its inputs."""
    ordered, seen, waiting = [], set(), [(output, False)]
    while waiting:
        node, is_ready = waiting.pop()
        if is_ready:
            ordered.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting.extend((one, False) for one in reversed(node.inputs))
    return ordered


def _ids(ordered: list[Node]) -> dict[Node, str]:
    """Neurons and layers are called as their modules, and what modules do between them by its name behind the module's."""
    ids, taken = {}, set()
    for node in sorted(ordered, key=lambda node: node.op != "neuron"):
        name = node.path
        if node.part:
            name += _channels(node.part)
        if node.op == "image":
            name = "image"
        elif node.op != "neuron" and (not name or name in taken or node.op not in LAYERS):
            name = f"{name}.{node.op}" if name else node.op
        unique, count = name, 2
        while unique in taken:
            unique, count = f"{name}.{count}", count + 1
        taken.add(unique)
        ids[node] = unique
    return ids


def _channels(part: tuple[int, ...]) -> str:
    """Channels as Python says them: `[0:4]`, or `[0:4,8:12]` where they lie apart, no more than a few."""
    runs = []
    for channel in part:
        if runs and runs[-1][1] == channel:
            runs[-1][1] += 1
        else:
            runs.append([channel, channel + 1])
    return "[" + ",".join(f"{first}:{last}" for first, last in runs[:4]) + (",…]" if len(runs) > 4 else "]")


LAYERS = ("convolution", "linear", "normalisation", "max_pool", "average_pool", "mix", "mean", "flatten")


def metadata(torch_version: str, precision: str, layout: str) -> dict[str, str]:
    return {"format": "pt", "exporter": f"evalctl_export, torch {torch_version}", "probe_precision": precision, "input_layout": layout}
