"""SpikingJelly's neurons: their equations' parameters, and how they are made opaque to the tracer."""
import math

import torch

from .failure import ExportError

KINDS = {
    "IFNode": "if", "SimpleIFNode": "if", "MultiStepIFNode": "if",
    "LIFNode": "lif", "SimpleLIFNode": "lif", "MultiStepLIFNode": "lif",
    "ParametricLIFNode": "plif", "MultiStepParametricLIFNode": "plif",
}
EQUATIONS = ("neuronal_charge", "neuronal_fire", "neuronal_reset", "single_step_forward", "multi_step_forward", "forward")

# What its equations go by, and its potential.
STATE = ("v", "v_threshold", "v_reset", "tau", "decay_input")

# What runs a neuron while a traced program is executed, by module path.
runners = {}


@torch.library.custom_op("evalctl::neuron", mutates_args=())
def opaque(x: torch.Tensor, path: str) -> torch.Tensor:
    return runners[path](x).clone()


@opaque.register_fake
def _(x, path):
    return torch.empty_like(x)


def _comes_from_spikingjelly(owner) -> bool:
    return owner.__module__.split(".")[0] == "spikingjelly"


def is_neuron(module: torch.nn.Module) -> bool:
    """Whether it is a neuron of SpikingJelly, supported or not."""
    return any(_comes_from_spikingjelly(owner) and "neuron" in owner.__module__.split(".") for owner in type(module).__mro__)


def parameters(path: str, module: torch.nn.Module) -> dict:
    """The fields of a `neuron` node; `w` is the name of a tensor of the state dict."""
    def refuse(reason):
        raise ExportError(f"the neurons {path} ({type(module).__name__}) {reason}")

    supported = [owner for owner in type(module).__mro__ if _comes_from_spikingjelly(owner) and owner.__name__ in KINDS]
    if not supported or type(module).__mro__.index(supported[0]) > 0 and _comes_from_spikingjelly(type(module)):
        refuse("are of no kind that can be described: IFNode, LIFNode or ParametricLIFNode")
    for owner in type(module).__mro__[:type(module).__mro__.index(supported[0])]:
        changed = [name for name in EQUATIONS if name in vars(owner)]
        if changed:
            refuse(f"have equations of their own: {owner.__name__}.{changed[0]}")
    if not getattr(module.surrogate_function, "spiking", True):
        refuse("do not spike: their surrogate function is made with spiking=False")
    start = getattr(module, "_memories_rv", {}).get("v")
    if isinstance(start, (int, float)) and start != (module.v_reset or 0.0):
        refuse(f"begin with a potential of {start}, and not with the one that they are reset to")
    kind = KINDS[supported[0].__name__]
    if any(isinstance(value, torch.Tensor) and value.numel() > 1 for value in (module.v_threshold, module.v_reset, getattr(module, "tau", None))):
        refuse("have a threshold, reset value or tau for each channel")
    threshold, reset = float(module.v_threshold), module.v_reset
    if kind == "if":
        tau = None
    elif kind == "lif":
        tau = float(module.tau)
    else:
        tau = 1 / float(module.w.detach().double().sigmoid())
    values = [threshold, reset or 0.0, 1.0 if tau is None else tau]
    if not all(map(math.isfinite, values)) or values[2] < 1:
        refuse(f"have a threshold, reset or tau that cannot be: {values}")
    # Potentials are counted from the reset value, with which SpikingJelly also begins: so 0 is the reset value of every description.
    return {
        "kind": kind,
        "tau": tau if kind == "lif" else None,
        "w": f"{path}.w" if kind == "plif" else None,
        "threshold": threshold - (0.0 if reset is None else float(reset)),
        "comparison": ">=",
        "reset": "soft" if reset is None else "hard",
        "reset_value": 0.0,
        "decay_input": bool(getattr(module, "decay_input", True)) if kind != "if" else False,
    }


def is_multi_step(module: torch.nn.Module) -> bool:
    return type(module).__name__.startswith("MultiStep") or getattr(module, "step_mode", "s") == "m"


class Opaque:
    """Replaces the forward of all neurons of a module while it stands, and watches what else is done with them."""

    def __init__(self, net: torch.nn.Module):
        self.neurons = {path: module for path, module in net.named_modules() if is_neuron(module)}
        if not self.neurons:
            raise ExportError("the module has no neurons of SpikingJelly")
        self.kinds = {}
        # Of neurons that have run, whether they have been reset since.
        self.was_reset: dict[str, bool] = {}
        # Neurons whose potentials are read.
        self.read: list[str] = []

    def __enter__(self):
        for path, module in self.neurons.items():
            runners[path], self.kinds[path] = module.forward, type(module)
            module.__class__ = self._watched(path, type(module))
            module.forward = lambda x, path=path: self._run(x, path)
        return self

    def __exit__(self, *_):
        for path, module in self.neurons.items():
            module.__class__ = self.kinds[path]
            del module.forward

    def _run(self, x, path: str):
        if self.was_reset.get(path):
            raise ExportError(f"the neurons {path} are reset, or their potentials set, between their time steps")
        self.was_reset[path] = False
        return torch.ops.evalctl.neuron(x, path)

    def _watched(self, path: str, kind: type) -> type:
        """The class of neurons that tell what is done with their state."""
        def set_attribute(module, name, value):
            wanted = (module.v_reset or 0.0) if name == "v" else getattr(module, name, None)
            is_same = isinstance(value, (int, float)) and value == wanted
            if name == "v" and is_same and path in self.was_reset:
                self.was_reset[path] = True
            elif name in STATE and path in self.was_reset and not is_same:
                raise ExportError(f"{name} of the neurons {path} ({kind.__name__}) is set while they run, which cannot be described")
            kind.__setattr__(module, name, value)

        def attribute(module, name):
            if name == "v":
                self.read.append(path)
            return kind.__getattr__(module, name)

        def reset_state(module):
            if path in self.was_reset:
                self.was_reset[path] = True
            kind.reset(module)

        members = {"__setattr__": set_attribute, "__getattr__": attribute, "__module__": kind.__module__, "__qualname__": kind.__qualname__}
        return type(kind.__name__, (kind,), {**members, "reset": reset_state} if hasattr(kind, "reset") else members)


def reset(net: torch.nn.Module):
    for module in net.modules():
        if callable(getattr(module, "reset", None)):
            module.reset()
