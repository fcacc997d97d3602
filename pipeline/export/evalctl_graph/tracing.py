"""A module as a program of ATen operators, for each way in which it may want its input."""
import contextlib
import io
from dataclasses import dataclass

import torch
from torch.fx.proxy import TracerBase

from . import neurons
from .axes import whole
from .einsum import taken_apart
from .failure import ExportError, Untraceable
from .places import raised_by
from .vmap import unrolled


@dataclass(frozen=True)
class Layout:
    """How a module takes its input, and whether it has to be called for each time step."""

    name: str
    axes: str
    is_looped: bool = False

    def input(self, images: torch.Tensor, steps: int) -> torch.Tensor:
        """One image `[3, S, S]` as the module takes it."""
        if self.axes == "TBCHW":
            return images[None, None].expand(steps, 1, -1, -1, -1).clone()
        if self.axes == "BTCHW":
            return images[None, None].expand(1, steps, -1, -1, -1).clone()
        return images[None].clone()

    def dims(self, steps: int, size: int):
        axes = {"T": whole("T", steps), "B": (), "C": whole("C", 3), "H": whole("H", size), "W": whole("W", size)}
        return tuple(axes[axis] for axis in self.axes)


LAYOUTS = [
    Layout("[T, B, 3, S, S]", "TBCHW"),
    Layout("[B, T, 3, S, S]", "BTCHW"),
    Layout("[B, 3, S, S]", "BCHW"),
    Layout("[B, 3, S, S] in each time step", "BCHW", is_looped=True),
]


class Looped(torch.nn.Module):
    """A module of one time step, called for each."""

    def __init__(self, net: torch.nn.Module, steps: int):
        super().__init__()
        self.net, self.steps = net, steps

    def forward(self, x):
        return torch.stack([self.net(x) for _ in range(self.steps)])


def traced(net: torch.nn.Module, layout: Layout, steps: int, size: int):
    """The module as an exported program, its neurons opaque."""
    dtype = next((parameter.dtype for parameter in net.parameters()), torch.float32)
    example = layout.input(torch.zeros(3, size, size, dtype=dtype), steps)
    neurons.reset(net)
    whole_net = Looped(net, steps) if layout.is_looped else net
    opaque = neurons.Opaque(net)
    try:
        # PyTorch prints whole programs where it fails.
        with torch.no_grad(), opaque, taken_apart(), unrolled(), _every_frame(), _silence():
            return _in_known_operators(torch.export.export(whole_net, (example,), strict=False).run_decompositions({}))
    except ExportError as error:
        raise ExportError(f"{error}{raised_by(error)}") from error
    except Exception as error:
        reason = str(error).strip().split("\n")[0]
        if opaque.read and isinstance(error, (AttributeError, TypeError)):
            reason = f"the potentials of the neurons {opaque.read[0]} are read, and a description has their spikes only"
            raise ExportError(reason + raised_by(error)) from error
        raise Untraceable(f"the module cannot be traced: {type(error).__name__}: {reason}{raised_by(error)}") from error


# Operators that PyTorch itself says in terms of others, which the mapping knows.
SAID_BY_OTHERS = {
    "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_tensors", "channel_shuffle", "column_stack", "concat", "concatenate", "dstack", "hstack",
    "inner", "linalg_matmul", "linalg_multi_dot", "multiply", "negative", "row_stack", "subtract", "tensordot", "true_divide", "vstack",
}


def _in_known_operators(program):
    """A program in which PyTorch's own decompositions stand for those operators; they may use one another."""
    for _ in range(3):
        found = {node.target for node in program.graph.nodes if getattr(node.target, "_schema", None)}
        found = {target for target in found if target._schema.name.split("::")[-1] in SAID_BY_OTHERS}
        if not found:
            break
        program = program.run_decompositions({target: made for target, made in torch.export.default_decompositions().items() if target in found})
    return program


@contextlib.contextmanager
def _silence():
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


@contextlib.contextmanager
def _every_frame():
    """The tracer keeps frames of functions named `forward` alone; what a module computes in its other functions is named, too."""
    kept = getattr(TracerBase, "_filter_traceback_frames", None)
    if kept is None:
        yield
        return

    def filtered(tracer, *frames):
        tracer._record_forward_stack_traces_only = False
        return kept(tracer, *frames)

    TracerBase._filter_traceback_frames = filtered
    try:
        yield
    finally:
        TracerBase._filter_traceback_frames = kept


def executed(program, net: torch.nn.Module, layout: Layout, steps: int, image: torch.Tensor, wanted) -> dict:
    """What the wanted operators of a program give for an image `[3, S, S]`, by their names; the neurons run as they are."""
    values = {}

    class Recorder(torch.fx.Interpreter):
        def run_node(self, n):
            value = super().run_node(n)
            if n.name in wanted:
                values[n.name] = value
            return value

    neurons.reset(net)
    with torch.no_grad():
        Recorder(program.module()).run(layout.input(image, steps))
    neurons.reset(net)
    return values
