"""Modules that do with shapes what a description has no node for: shuffles, patches, gaps, room made beforehand, spikes as the answer."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from einops.layers.torch import Rearrange
from spikingjelly.activation_based import functional, layer, neuron

from networks import STEPS, lively, multi


class Tutorial(nn.Module):
    """Spikes of the last neurons, summed over a loop, as the answer; names of old code."""

    def __init__(self):
        super().__init__()
        from spikingjelly.clock_driven import neuron as old
        self.static_conv = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8))
        self.conv = nn.Sequential(old.IFNode(), nn.MaxPool2d(4))
        self.fc = nn.Sequential(nn.Flatten(), nn.Dropout(0.5), nn.Linear(128, 10, bias=False), old.LIFNode(tau=2.0, v_threshold=0.1))

    def forward(self, x):
        x = self.static_conv(x)
        counter = self.fc(self.conv(x))
        for _ in range(1, STEPS):
            counter += self.fc(self.conv(x))
        return counter / STEPS


class Shuffled(nn.Module):
    """Channels split, joined and shuffled before convolutions and a linear layer; resets of its own."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(layer.Conv2d(3, 16, 3, 4, 1, bias=False), layer.BatchNorm2d(16), neuron.LIFNode())
        self.branch = nn.Sequential(
            layer.Conv2d(8, 8, 3, 1, 1, groups=8, bias=False), layer.BatchNorm2d(8), layer.Conv2d(8, 8, 1, groups=2), layer.BatchNorm2d(8),
            neuron.IFNode(v_reset=None))
        self.out = nn.Sequential(layer.Conv2d(16, 12, 3, 1, 1, bias=False), layer.BatchNorm2d(12), neuron.ParametricLIFNode())
        self.fc = layer.Linear(12, 5)

    def shuffled(self, x, groups):
        steps, batch, channels, *grid = x.shape
        return x.reshape(steps, batch, groups, channels // groups, *grid).transpose(2, 3).reshape(x.shape)

    def forward(self, x):
        functional.reset_net(self)
        one, other = self.stem(x).chunk(2, dim=2)
        x = self.out(self.shuffled(torch.cat((one, self.branch(other)), 2), 2))
        return self.fc(self.shuffled(x, 3).mean((3, 4)))


class Patches(nn.Module):
    """Patches of pixels, and of spikes, read by linear layers."""

    def __init__(self):
        super().__init__()
        self.patches = Rearrange("b c (h p) (w q) -> b (h w) (p q c)", p=2, q=4)
        self.embed, self.bn, self.sn = nn.Linear(24, 8), nn.BatchNorm1d(8), multi()
        self.merge, self.sn2 = nn.Linear(32, 12, bias=False), multi(neuron.IFNode, v_threshold=0.3)
        self.merged = Rearrange("t b (h p w q) d -> t b (h w) (q d p)", h=4, p=2, w=2, q=2)
        self.head = nn.Linear(12, 5)

    def forward(self, x):
        x = self.bn(self.embed(self.patches(x)).transpose(1, 2)).transpose(1, 2)
        x = self.sn(torch.stack([x] * STEPS))
        return self.head(self.sn2(self.merge(self.merged(x))).mean(2)).mean(0)


class WithoutWeights(nn.Module):
    """A shortcut that takes every second pixel and adds channels of zeros; flattened features of two grids joined."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(layer.Conv2d(3, 8, 3, 2, 1), layer.BatchNorm2d(8), neuron.LIFNode())
        self.down, self.sn = nn.Sequential(layer.Conv2d(8, 16, 3, 2, 1), layer.BatchNorm2d(16)), multi()
        self.fc = layer.Linear(32 + 16, 5)

    def forward(self, x):
        s = self.stem(x)
        x = self.sn(self.down(s) + F.pad(s[..., ::2, ::2], (0, 0, 0, 0, 4, 4)))
        pooled = [F.avg_pool2d(s.flatten(0, 1), 4).flatten(1), F.adaptive_avg_pool2d(x.flatten(0, 1), 1).flatten(1)]
        return self.fc(torch.cat(pooled, 1).unflatten(0, (STEPS, -1)))


class ByHand(nn.BatchNorm2d):
    def forward(self, x):
        shape = (1, -1, 1, 1)
        x = (x - self.running_mean.view(shape)) / torch.sqrt(self.running_var.view(shape) + self.eps)
        return x * self.weight.view(shape) + self.bias.view(shape)


class Room(nn.Module):
    """Normalisations by hand, weights that are computed, room for each step's spikes and answers, a dictionary as the answer."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn, self.sn = nn.Conv2d(3, 8, 3, 4, 1), ByHand(8), neuron.LIFNode(v_reset=None)
        self.conv2 = torch.nn.utils.parametrizations.weight_norm(nn.Conv2d(8, 8, 3, padding=1))
        self.bn2, self.sn2, self.fc = ByHand(8), neuron.ParametricLIFNode(), nn.Linear(8, 5)

    def forward(self, x):
        current = self.bn(self.conv(x))
        spikes, answers = current.new_zeros((STEPS, *current.shape)), torch.zeros(x.shape[0], STEPS, 5, dtype=x.dtype)
        for t in range(STEPS):
            spikes[t] = self.sn(current)
        for t in range(STEPS):
            answers[:, t] = self.fc(self.sn2(self.bn2(self.conv2(spikes[t]))).mean((2, 3)))
        return {"logits": answers.mean(1), "spikes": spikes}


class Missing(Room):
    def forward(self, x):
        current, answers = self.bn(self.conv(x)), torch.zeros(STEPS, x.shape[0], 5, dtype=x.dtype)
        for t in range(STEPS):
            answer = self.fc(self.sn2(self.conv2(self.sn(current))).mean((2, 3)))
            if t:
                answers[t] = answer
        return answers.mean(0)


def stepped(net):
    functional.set_step_mode(net, "m")
    return lively(net)


def tutorial(): return lively(Tutorial())
def shuffled(): return stepped(Shuffled())
def patches(): return lively(Patches())
def without_weights(): return stepped(WithoutWeights())
def room(): return lively(Room())
def missing(): return lively(Missing())
