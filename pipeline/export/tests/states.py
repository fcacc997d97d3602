"""Modules that change neurons while they run, let images see each other, or drop values; and some that only look so."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from spikingjelly.activation_based import functional, layer, neuron

from networks import STEPS, multi


class Tailed(nn.Module):
    """A convolution, neurons of all time steps at once, and what a function makes of the spikes."""

    def __init__(self, tail, **named):
        super().__init__()
        self.conv, self.sn, self.fc = layer.Conv2d(3, 8, 4, 4, step_mode="m"), multi(neuron.IFNode, v_threshold=0.3, **named), nn.Linear(8, 5)
        self.tail = tail

    def forward(self, x):
        return self.tail(self, self.sn(self.conv(x)))

    def classes(self, x):
        return self.fc(x.mean((3, 4)))


class Stepped(nn.Module):
    """The same neurons, one time step after the other, with something done between."""

    def __init__(self, between):
        super().__init__()
        self.conv, self.sn, self.fc = nn.Conv2d(3, 8, 4, 4), neuron.IFNode(v_threshold=0.3), nn.Linear(8, 5)
        self.between = between

    def forward(self, x):
        answers = []
        for step in range(STEPS):
            answers.append(self.fc(self.sn(self.conv(x)).mean((2, 3))))
            self.between(self.sn, step)
        return torch.stack(answers).mean(0)


def made(kind, function, **named):
    torch.manual_seed(0)
    return kind(function, **named).eval()


# Exported.
def ordered_answer():
    return made(Tailed, lambda net, x: net.classes(x)[..., [2, 0, 1]])


def ordered_mean():
    return made(Tailed, lambda net, x: net.classes(x)[..., [2, 0, 1]].mean(0))


def compared():
    return made(Tailed, lambda net, x: net.classes(torch.where(x > 0, torch.where(x == 0, 0.0, x), torch.zeros(()))))


def compiled():
    return torch.compile(made(Tailed, lambda net, x: net.classes(x)))


class Inner(nn.Module):
    """A part that is compiled by itself, whose tensors' names say so."""

    def __init__(self):
        super().__init__()
        self.part, self.sn, self.fc = torch.compile(nn.Sequential(nn.Conv2d(3, 8, 4, 4))), multi(neuron.IFNode, v_threshold=0.3), nn.Linear(8, 5)

    def forward(self, x):
        return self.fc(self.sn(self.part(x.flatten(0, 1)).unflatten(0, x.shape[:2])).mean((3, 4)))


def compiled_part():
    torch.manual_seed(0)
    return Inner().eval()


def step_factors():
    return made(Tailed, lambda net, x: net.classes(torch.stack([x[step] * 0.5 ** step for step in range(STEPS)])))


def same_threshold():
    def again(sn, step):
        sn.v_threshold = 0.3
    return made(Stepped, again)


def reset_at_the_end():
    return made(Stepped, lambda sn, step: functional.reset_net(sn) if step == STEPS - 1 else None)


def emptied_at_the_end():
    def empty(sn, step):
        if step == STEPS - 1:
            sn.v = 0.0
    return made(Stepped, empty)


# Refused.
def centred():
    return made(Tailed, lambda net, x: net.fc(x.mean((3, 4)) - x.mean((3, 4)).mean(1, keepdim=True)))


def dropping():
    return made(Tailed, lambda net, x: net.classes(F.dropout(x, 0.5, training=True)))


def of_all_spikes():
    return made(Tailed, lambda net, x: net.classes(torch.where(x >= 0, x, torch.zeros(()))))


def spread():
    return made(Tailed, lambda net, x: net.classes(torch.ones(8, 4, 4).cumsum(0) * x.mean(2, keepdim=True)))


def falling_threshold():
    def lower(sn, step):
        sn.v_threshold = 0.3 / (step + 2)
    return made(Stepped, lower)


def halved_potential():
    def halve(sn, step):
        sn.v = sn.v * 0.5
    return made(Stepped, halve)


def reset_between():
    return made(Stepped, lambda sn, step: sn.reset())


def emptied_between():
    def empty(sn, step):
        sn.v = 0.0
    return made(Stepped, empty)


def mean_potential():
    return made(Stepped, lambda sn, step: sn.v.mean())


def early_start():
    net = made(Tailed, lambda net, x: net.classes(x))
    net.sn.set_reset_value("v", 0.2)
    return net


def not_finite():
    net = made(Tailed, lambda net, x: net.classes(x))
    net.fc.weight.data[0, 0] = float("nan")
    return net
