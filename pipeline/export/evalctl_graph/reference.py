"""What a description computes, as plainly as it can be said: the exporter holds its own output to it."""
import torch
from torch.nn import functional


def evaluated(description: dict, tensors: dict, images: torch.Tensor):
    """Logits `[T, B, classes]` and the spikes of each neuron `[T, B, C, H, W]`, of normalised images `[B, 3, S, S]`."""
    steps = description["timesteps"]
    tensors = {name: value.to(images.dtype) for name, value in tensors.items()}
    features, spikes = {}, {}
    for node in description["nodes"]:
        inputs = [features[name] for name in node["inputs"]]
        if node["op"] == "image":
            value = images.expand(steps, *images.shape)
        else:
            value = OPERATORS[node["op"]](node, inputs, tensors)
        features[node["id"]] = value
        if node["op"] == "neuron":
            spikes[node["id"]] = value
    return features[description["output"]].flatten(2), spikes


def _each_step(layer):
    """A layer of images on `[T, B, C, H, W]`."""
    def operator(node, inputs, tensors):
        x = inputs[0]
        y = layer(node, x.flatten(0, 1), tensors)
        return y.view(*x.shape[:2], *y.shape[1:])
    return operator


def _named(node, tensors, field):
    return None if node[field] is None else tensors[node[field]]


def _convolution(node, x, tensors):
    return functional.conv2d(
        x, tensors[node["weight"]], _named(node, tensors, "bias"), node["stride"], node["padding"], node["dilation"], node["groups"])


def _linear(node, inputs, tensors):
    return functional.linear(inputs[0].movedim(2, -1), tensors[node["weight"]], _named(node, tensors, "bias")).movedim(-1, 2)


def _mix(node, inputs, tensors):
    axis = {"rows": -2, "columns": -1}[node["axis"]]
    mixed = functional.linear(inputs[0].movedim(axis, -1), tensors[node["weight"]], _named(node, tensors, "bias"))
    return mixed.movedim(-1, axis)


def _normalisation(node, inputs, tensors):
    x = inputs[0]
    shape = {"channel": (-1, 1, 1), "token": (1, *x.shape[-2:]), "row": (1, -1, 1), "column": (1, 1, -1)}[node["axis"]]
    weight, bias, mean, variance = (tensors[node[field]].reshape(shape) for field in ("weight", "bias", "mean", "variance"))
    y = (x - mean) / (variance + node["epsilon"]).sqrt() * weight + bias
    return y if node["scale"] is None else y * tensors[node["scale"]].reshape(-1, 1, 1, 1, 1)


def _neuron(node, inputs, tensors):
    rate = {"lif": lambda: 1 / node["tau"], "plif": lambda: tensors[node["w"]].sigmoid(), "if": lambda: 0}[node["kind"]]()
    gain = rate if node["decay_input"] else 1
    v, spikes = torch.zeros_like(inputs[0][0]), []
    for x in inputs[0]:
        v = v - (v - node["reset_value"]) * rate + x * gain
        fires = v > node["threshold"] if node["comparison"] == ">" else v >= node["threshold"]
        if node["reset"] == "hard":
            v = torch.where(fires, node["reset_value"], v)
        else:
            v = v - fires.to(v) * node["threshold"]
        spikes.append(fires.to(v))
    return torch.stack(spikes)


def _product(node, inputs, tensors):
    steps, batch, channels, height, width = inputs[0].shape
    heads = node["heads"]
    query, key, value = (x.reshape(steps, batch, heads, channels // heads, height * width) for x in inputs)
    product = (value @ key.transpose(-1, -2)) @ query
    return (product * 2.0 ** node["scale_exponent"]).reshape(steps, batch, channels, height, width)


OPERATORS = {
    "convolution": _each_step(_convolution),
    "linear": _linear,
    "mix": _mix,
    "normalisation": _normalisation,
    "neuron": _neuron,
    "sum": lambda node, inputs, tensors: sum(inputs[1:], inputs[0]),
    "concatenate": lambda node, inputs, tensors: torch.cat(inputs, 2),
    "and": lambda node, inputs, tensors: inputs[0] * inputs[1],
    "iand": lambda node, inputs, tensors: inputs[0] * (1 - inputs[1]),
    "gate": lambda node, inputs, tensors: inputs[0] * inputs[1],
    "max_pool": _each_step(lambda node, x, tensors: functional.max_pool2d(x, node["kernel"], node["stride"], node["padding"])),
    "average_pool": _each_step(lambda node, x, tensors: functional.avg_pool2d(x, node["kernel"], node["stride"], node["padding"])),
    "mean": lambda node, inputs, tensors: inputs[0].mean((-2, -1), keepdim=True),
    "flatten": lambda node, inputs, tensors: inputs[0].flatten(2)[..., None, None],
    "product": _product,
    "scale": lambda node, inputs, tensors: inputs[0] * node["factor"],
}
