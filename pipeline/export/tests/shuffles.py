"""Modules that shuffle channels from unit to unit, pack heads in other orders, and join spikes as truth values."""
import torch
import torch.nn as nn
from spikingjelly.activation_based import functional, layer, neuron

from networks import STEPS, lively, multi


def unit(*layers):
    return nn.Sequential(*layers, neuron.IFNode(v_threshold=0.6))


class Units(nn.Module):
    """Units that shuffle what the unit before has joined: halves, groups, convolutions of one channel, normalisations and pooling of it."""

    def __init__(self):
        super().__init__()
        self.stem = unit(layer.Conv2d(3, 16, 3, 2, 1), layer.BatchNorm2d(16))
        self.halves = nn.ModuleList([
            unit(layer.Conv2d(8, 8, 3, 1, 1, groups=8), layer.BatchNorm2d(8), layer.Conv2d(8, 8, 1), layer.BatchNorm2d(8)) for _ in range(3)])
        self.pool, self.shuffle = layer.MaxPool2d(2), nn.ChannelShuffle(2)
        self.groups = unit(
            layer.Conv2d(16, 16, 3, 1, 1, groups=16), layer.BatchNorm2d(16), layer.Conv2d(16, 16, 1, groups=2), layer.BatchNorm2d(16))
        self.all = unit(layer.Conv2d(16, 16, 3, 1, 1), layer.BatchNorm2d(16))
        self.order = torch.randperm(16, generator=torch.Generator().manual_seed(2))
        self.last, self.fc = unit(layer.Conv2d(16, 12, 1), layer.BatchNorm2d(12)), layer.Linear(12, 5)

    def forward(self, x):
        x = self.stem(x)
        for half in self.halves:
            one, other = x.chunk(2, dim=2)
            x = functional.seq_to_ann_forward(torch.cat((one, half(other)), 2), self.shuffle)
        x = self.pool(x)
        x = x + self.all(x)
        return self.fc(self.last(self.groups(x[:, :, self.order])).mean((3, 4)))


class Truth(nn.Module):
    """Ors, negations and choices of spikes; heads packed behind each other; the mean over tokens by a layer; images repeated by broadcasting."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn, self.a, self.b = nn.Conv2d(3, 16, 4, 4), nn.BatchNorm2d(16), multi(v_threshold=0.6), multi(neuron.IFNode)
        self.qkv, self.qkv_sn, self.attn_sn = nn.Linear(16, 48), multi(v_threshold=0.3), multi(v_threshold=0.2)
        self.groups, self.pool, self.fc = nn.Conv1d(32, 16, 1, groups=4), nn.AdaptiveAvgPool1d(1), nn.Linear(16, 5)
        self.c = multi(v_threshold=0.2)

    def forward(self, x):
        x, _ = torch.broadcast_tensors(x, torch.zeros((STEPS, *x.shape)))
        steps, batch = x.shape[:2]
        x = self.bn(self.conv(x.flatten(0, 1))).unflatten(0, (steps, batch))
        a, b = self.a(x), self.b(torch.multiply(x, 0.4))
        either = (a.bool() | b.bool()).to(x.dtype)
        chosen = torch.where(b.bool(), torch.logical_not(a).to(x.dtype), torch.zeros_like(a))
        tokens = (either + chosen).flatten(3).transpose(2, 3)
        q, k, v = self.qkv_sn(self.qkv(tokens)).reshape(steps, batch, 16, 2, 8, 3).transpose(2, 3).unbind(-1)
        y = self.attn_sn((q @ (k.transpose(-1, -2) @ v) * 0.25).transpose(2, 3).flatten(3).transpose(2, 3))
        y = self.groups(torch.hstack((y.flatten(0, 1), b.flatten(0, 1).flatten(2))))
        y = self.c(y.unflatten(0, (steps, batch)))
        return self.fc(self.pool(y.flatten(0, 1)).flatten(1)).unflatten(0, (steps, batch)).mean(0)


def units():
    net = Units()
    functional.set_step_mode(net, "m")
    return lively(net)


def truth(): return lively(Truth())


def single_precision():
    net = units()
    net.fc.register_forward_pre_hook(lambda _, inputs: (inputs[0].float(),))
    return net


def container():
    """No line of it calls its layers."""
    return lively(nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), neuron.IFNode(), nn.Conv2d(8, 8, 3), nn.GELU(), nn.Flatten(), nn.Linear(8 * 36, 5)))
