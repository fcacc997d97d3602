"""A module as a program of ATen operators, for each way in which it may want its input."""
import contextlib
import io
import linecache
import traceback
from dataclasses import dataclass

import torch
from torch.fx.proxy import TracerBase

from . import neurons
from .axes import whole
from .einsum import taken_apart
from .failure import ExportError
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
    try:
        # PyTorch prints whole programs where it fails.
        with torch.no_grad(), neurons.Opaque(net), taken_apart(), unrolled(), _every_frame(), _silence():
            return torch.export.export(whole_net, (example,), strict=False).run_decompositions({})
    except ExportError:
        raise
    except Exception as error:
        reason = str(error).strip().split("\n")[0]
        raise ExportError(f"the module cannot be traced: {type(error).__name__}: {reason}{raised_by(error)}") from error


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


# Where a line of code is not the user's; what has no file is generated.
LIBRARIES = ("/torch/", "/evalctl_graph/", "/evalctl_export.py", "<")
# Where it is most often not what the user looks for.
FRAMEWORKS = ("/spikingjelly/", "/einops/", "/timm/")


def own_line(places: list[str]) -> int | None:
    """Which of the places in a stack, outermost first, is the innermost one in the user's code; each begins with its file."""
    own = [at for at, place in enumerate(places) if not any(part in place for part in LIBRARIES)]
    users = [at for at in own if not any(part in places[at] for part in FRAMEWORKS)]
    return (users or own or [None])[-1]


def raised_by(error) -> str:
    """The line of the user's code from which an error came, and the module that it belongs to."""
    frames = list(traceback.walk_tb(error.__traceback__))
    at = own_line([frame.f_code.co_filename for frame, _ in frames])
    if at is None:
        return ""
    frame, line = frames[at]
    name, owner = frame.f_code.co_filename, frame.f_locals.get("self")
    module = "" if owner is None else f"\n  module    {type(owner).__name__}"
    source = linecache.getline(name, line).strip()
    return f"{module}\n  source    File \"{name}\", line {line}, in {frame.f_code.co_name} {source}"


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
