"""Stand-ins for `spikingjelly.clock_driven`, the name of old code, where the installed SpikingJelly has it no more."""
import importlib.util
import sys
import types

import torch
from torch import nn

PACKAGE = "spikingjelly.clock_driven"


class Surrogate:
    """Any surrogate function: what it is for does not happen here."""

    def __init__(self, *_, spiking=True, **__):
        self.spiking = spiking

    def __call__(self, x):
        return (x >= 0).to(x)


class MemoryModule(nn.Module):
    def __init__(self):
        super().__init__()
        self.reset()

    def reset(self):
        self.v = None


class BaseNode(MemoryModule):
    def __init__(self, v_threshold=1.0, v_reset=0.0, surrogate_function=None, detach_reset=False, **_):
        super().__init__()
        self.v_threshold, self.v_reset, self.detach_reset = v_threshold, v_reset, detach_reset
        self.surrogate_function = surrogate_function or Surrogate()

    def neuronal_charge(self, x):
        raise NotImplementedError

    def forward(self, x):
        if self.v is None:
            self.v = torch.full_like(x, self.v_reset or 0.0)
        self.neuronal_charge(x)
        spike = self.surrogate_function(self.v - self.v_threshold)
        self.v = self.v - spike * self.v_threshold if self.v_reset is None else (1 - spike) * self.v + spike * self.v_reset
        return spike


class IFNode(BaseNode):
    def neuronal_charge(self, x):
        self.v = self.v + x


class LIFNode(BaseNode):
    def __init__(self, tau=2.0, decay_input=True, *positional, **named):
        super().__init__(*positional, **named)
        self.tau, self.decay_input = tau, decay_input

    def charge(self, x, rate):
        below = self.v - (self.v_reset or 0.0)
        self.v = self.v + (x - below) * rate if self.decay_input else self.v - below * rate + x

    def neuronal_charge(self, x):
        self.charge(x, 1 / self.tau)


class ParametricLIFNode(LIFNode):
    def __init__(self, init_tau=2.0, *positional, **named):
        super().__init__(init_tau, *positional, **named)
        self.w = nn.Parameter(-torch.tensor(init_tau - 1.0).log())

    def neuronal_charge(self, x):
        self.charge(x, self.w.sigmoid())


def _multi_step(single):
    def forward(self, x_seq):
        return torch.stack([single.forward(self, x) for x in x_seq])

    return type(f"MultiStep{single.__name__}", (single,), {"forward": forward, "__module__": f"{PACKAGE}.neuron"})


class SeqToANNContainer(nn.Sequential):
    def forward(self, x_seq):
        y = super().forward(x_seq.flatten(0, 1))
        return y.view(x_seq.shape[0], x_seq.shape[1], *y.shape[1:])


class MultiStepContainer(nn.Sequential):
    def forward(self, x_seq):
        return torch.stack([super(MultiStepContainer, self).forward(x) for x in x_seq])


def _seq_to_ann_forward(x_seq, stateless):
    y = x_seq.flatten(0, 1)
    for module in stateless if isinstance(stateless, (list, tuple, nn.Sequential)) else [stateless]:
        y = module(y)
    return y.view(x_seq.shape[0], x_seq.shape[1], *y.shape[1:])


def install():
    """Makes `import spikingjelly.clock_driven` work."""
    if PACKAGE in sys.modules:
        return
    try:
        if importlib.util.find_spec(PACKAGE):
            return
    except ModuleNotFoundError:
        sys.modules["spikingjelly"] = types.ModuleType("spikingjelly")
        sys.modules["spikingjelly"].__path__ = []

    def module(name, **members):
        made = types.ModuleType(name)
        made.__dict__.update(members)
        for member in members.values():
            if isinstance(member, type):
                member.__module__ = name
        sys.modules[name] = made
        return made

    from .neurons import reset
    neurons = [IFNode, LIFNode, ParametricLIFNode]
    surrogates = ("ATan", "Sigmoid", "PiecewiseQuadratic", "PiecewiseExp", "SoftSign", "Erf", "PiecewiseLeakyReLU", "Rect", "LeakyKReLU")
    parts = {
        "neuron": module(
            f"{PACKAGE}.neuron", BaseNode=BaseNode, **{kind.__name__: kind for kind in neurons},
            **{f"MultiStep{kind.__name__}": _multi_step(kind) for kind in neurons}),
        "layer": module(
            f"{PACKAGE}.layer", SeqToANNContainer=SeqToANNContainer, MultiStepContainer=MultiStepContainer,
            Dropout=type("Dropout", (nn.Dropout,), {}), Dropout2d=type("Dropout2d", (nn.Dropout2d,), {}),
            MultiStepDropout=type("MultiStepDropout", (nn.Dropout,), {})),
        "surrogate": module(f"{PACKAGE}.surrogate", **{name: type(name, (Surrogate,), {}) for name in surrogates}),
        "functional": module(
            f"{PACKAGE}.functional", reset_net=reset, seq_to_ann_forward=_seq_to_ann_forward,
            multi_step_forward=lambda x_seq, net: torch.stack([net(x) for x in x_seq])),
        "base": module(f"{PACKAGE}.base", MemoryModule=MemoryModule),
    }
    package = module(PACKAGE, **parts)
    package.__path__ = []
    sys.modules["spikingjelly"].__dict__.setdefault("clock_driven", package)
