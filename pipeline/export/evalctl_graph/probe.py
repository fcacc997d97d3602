"""Two images, and what the module itself makes of them."""
from dataclasses import dataclass

import torch
from torch.nn import functional

from . import neurons
from .failure import ExportError
from .graph import Feature
from .order import in_node_order
from .places import definition, raised_by
from .reference import evaluated
from .tracing import Looped, executed


def images(size: int) -> torch.Tensor:
    """Two normalised images, the same in every export: coarse patches, and patches with noise."""
    generator = torch.Generator().manual_seed(0)
    coarse = torch.randn(2, 3, 8, 8, generator=generator)
    smooth = functional.interpolate(coarse, size=(size, size), mode="bilinear", align_corners=False)
    noise = torch.randn(2, 3, size, size, generator=generator) * torch.tensor([0.0, 0.5]).view(2, 1, 1, 1)
    return (1.5 * smooth + noise).clamp(-2.1, 2.6)


@dataclass
class Recording:
    """What a module makes of the probe's images, in the order of the axes that descriptions have."""

    images: torch.Tensor
    # Of each neuron, `[T, B, C, H, W]`.
    spikes: dict[str, torch.Tensor]
    # `[T, B, classes]`; nil where the module takes the mean over time before it computes them.
    logits: torch.Tensor | None
    # What the module gives in the end, `[B, classes]` or `[T, B, classes]`.
    answers: torch.Tensor


def recorded(mapping, program, net, layout, steps: int, ids: dict, dtype) -> Recording:
    inputs = images(mapping.input.node.height).to(dtype)
    names = {node: name for node, name in ids.items() if node.op == "neuron"}
    calls = {}
    for fx_node, value in mapping.values.items():
        if fx_node.target is torch.ops.evalctl.neuron.default:
            calls.setdefault(value.node.path, []).append((fx_node.name, value))
    logits, answers, spikes = [], [], {name: [] for name in names.values()}
    wanted = {fx for every in calls.values() for fx, _ in every} | {mapping.output_name} | {fx.name for fx, _ in _holders(mapping)}
    for image in inputs:
        try:
            values = executed(program, net, layout, steps, image, wanted)
            answers.append(values[mapping.output_name])
            if not torch.isfinite(answers[-1]).all():
                raise ExportError("the module's answer to an image is not finite: its weights or statistics are not, or grow beyond all numbers")
            _check_tracing(net, layout, steps, image, answers[-1])
        except RuntimeError as error:
            reason = str(error).strip().split("\n")[0]
            raise ExportError(f"the module fails on an image: {reason}{raised_by(error)}") from error
        logits.append(_logits(mapping, values, steps))
        for node, name in names.items():
            every = torch.cat([_canonical(values[fx], value) for fx, value in calls[node.path]], 0)
            spikes[name].append(every if node.part is None else every[:, list(node.part)])
    _check_batch(net, layout, steps, inputs, answers)
    return Recording(
        inputs, {name: torch.stack(parts, 1) for name, parts in spikes.items()}, None if None in logits else torch.stack(logits, 1),
        torch.stack([_canonical(answer, mapping.output).flatten(1) for answer in answers], 1))


def _check_tracing(net, layout, steps, image, answer):
    """A module that decides by its values is another one once it is traced."""
    own = _answer(net, layout, steps, layout.input(image, steps))
    if own.shape != answer.shape or not torch.allclose(own, answer, rtol=1e-4, atol=1e-5):
        raise ExportError(
            "the traced module gives something else than the module: it decides by the values it computes, or answers with some of its time steps alone"
            f"\n  module    (the whole) ({type(net).__name__})\n  source    {definition(net)}")


def _answer(net, layout, steps: int, batch: torch.Tensor) -> torch.Tensor:
    """What the module itself gives."""
    neurons.reset(net)
    with torch.no_grad():
        own = (Looped(net, steps) if layout.is_looped else net)(batch)
    neurons.reset(net)
    return next(iter(own.values())) if isinstance(own, dict) else own[0] if isinstance(own, (tuple, list)) else own


def _check_batch(net, layout, steps, images, answers):
    """A module that lets images of a batch see each other is another one for each batch; one that takes a single image only is not."""
    batch = torch.cat([layout.input(image, steps) for image in images], layout.axes.index("B"))
    try:
        own = _answer(net, layout, steps, batch)
    except (RuntimeError, ValueError, IndexError):
        return
    if own.numel() != sum(answer.numel() for answer in answers):
        return

    def equals(parts):
        return all(torch.allclose(part.flatten(), answer.flatten(), rtol=1e-4, atol=1e-5) for part, answer in zip(parts, answers))

    # Where the images stand in the answer, the module alone knows.
    even = [(dim, own.shape[dim] // 2) for dim in range(own.ndim) if own.shape[dim] % 2 == 0]
    outer = [own.unflatten(dim, (2, half)).unbind(dim) for dim, half in even]
    inner = [own.unflatten(dim, (half, 2)).unbind(dim + 1) for dim, half in even]
    if not any(map(equals, outer + inner)):
        raise ExportError(
            "an image's answer depends on the others of its batch, which a description cannot say"
            f"\n  module    (the whole) ({type(net).__name__})\n  source    {definition(net)}")


def _canonical(tensor: torch.Tensor, value: Feature) -> torch.Tensor:
    """A tensor with the axes `[T, C, H, W]`, those that it does not have of size 1."""
    factors = [factor for factors in value.dims for factor in factors]
    order = sorted(range(len(factors)), key=lambda at: ("TCHW".index(factors[at].axis), -factors[at].stride))
    split = tensor.reshape([factor.size for factor in factors]).permute(order)
    sizes = {"T": 1, "C": 1, "H": 1, "W": 1}
    for factor in factors:
        sizes[factor.axis] *= factor.size
    return in_node_order(split.reshape([sizes[axis] for axis in "TCHW"]), value.order, 1)


def _holders(mapping):
    """The traced values that hold logits of one or all time steps."""
    return [
        (fx_node, value) for fx_node, value in mapping.values.items()
        if isinstance(value, Feature) and value.node is mapping.answer.node and value.over_time is None and value.summed is None]


def _logits(mapping, values, steps: int) -> torch.Tensor | None:
    """The logits of each time step, `[T, classes]`, where the module has them."""
    order = None if mapping.output.node is mapping.answer.node else mapping.answer.order

    def answered(logits):
        return logits if order is None else logits[:, list(order)]

    of_steps = {value.step: answered(_canonical(values[fx_node.name], value).flatten(1)) for fx_node, value in _holders(mapping)}
    if None in of_steps:
        return of_steps[None].expand(steps, -1)
    return torch.cat([of_steps[step] for step in range(steps)], 0) if len(of_steps) == steps else None


def compared(description: dict, tensors: dict, recording: Recording, over_time: float | None) -> dict[str, torch.Tensor]:
    """Holds a description to what the module gave, and gives the probe's tensors.

    Where the module takes the mean over time first, the logits of each step are the description's own, whose mean is the module's answer.
    """
    with torch.no_grad():
        own, spikes = evaluated(description, tensors, recording.images)
    for name, found in spikes.items():
        different = int((found != recording.spikes[name]).sum())
        if different:
            raise ExportError(f"the description is not the module's function: {different} of {found.numel()} spikes of {name} differ")
    logits = own if recording.logits is None else recording.logits
    _check_close(logits, own)
    _check_close(recording.answers, own if over_time is None else own.mean(0, keepdim=True) * over_time)
    probe = {f"probe/spikes/{name}": value.to(torch.uint8).contiguous() for name, value in recording.spikes.items()}
    return {"probe/input": recording.images.float(), "probe/logits": logits.float().contiguous(), **probe}


def _check_close(expected, found):
    difference = float((found - expected).abs().max())
    if not difference <= 1e-4 * max(1.0, float(expected.abs().max())):
        raise ExportError(f"the description is not the module's function: logits differ by {difference}")
