"""Modules that pad, stack, repeat and slice as published code does, and some that are refused."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from spikingjelly.activation_based import layer, neuron, surrogate

from networks import STEPS, Refused, lively, multi


class PaddedByItsBias(nn.Module):
    """A normalisation with what it makes of 0 around it, so that a convolution behind it can be folded with one before it."""

    def __init__(self, channels):
        super().__init__()
        self.bn = nn.BatchNorm2d(channels)

    def forward(self, x):
        border = self.bn.bias - self.bn.running_mean * self.bn.weight / torch.sqrt(self.bn.running_var + self.bn.eps)
        y, border = F.pad(self.bn(x), [1, 1, 1, 1]), border.view(1, -1, 1, 1)
        y[:, :, 0:1, :] = border
        y[:, :, -1:, :] = border
        y[:, :, :, 0:1] = border
        y[:, :, :, -1:] = border
        return y


class Reparameterised(nn.Module):
    """Attention's convolutions as three, with their normalisations between them; blocks of pixels as channels."""

    def __init__(self):
        super().__init__()
        self.stem, self.sn = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.BatchNorm2d(4)), multi()
        self.body = nn.Sequential(
            nn.Conv2d(16, 16, 1, bias=False), PaddedByItsBias(16), nn.Conv2d(16, 16, 3, groups=16, bias=False),
            nn.Conv2d(16, 16, 1, bias=False), nn.BatchNorm2d(16))
        self.merge, self.sn2, self.fc = nn.Conv2d(16, 16, 1), multi(v_threshold=0.5), nn.Linear(16, 5)
        self.sn3, self.other = multi(), nn.Conv2d(16, 16, 3)

    def constant_around(self, x):
        x = F.pad(x, [1, 1, 1, 1])
        x[:, :, :1] = x[:, :, -1:] = 0.25
        x[..., :1] = x[..., -1:] = 0.25
        return x

    def forward(self, x):
        steps, batch = x.shape[:2]
        s = F.pixel_unshuffle(self.sn(self.stem(x.flatten(0, 1)).unflatten(0, (steps, batch))).flatten(0, 1), 2)
        x = self.sn2(self.merge(s).unflatten(0, (steps, batch)))
        y = self.body(x.flatten(0, 1)) + self.other(self.constant_around(self.merge(s)))
        return self.fc(self.sn3(y.unflatten(0, (steps, batch))).mean((3, 4)))


class Stacks(nn.Module):
    """Branches stacked and added up, images repeated in two ways, one time step sliced after the other, one place read as many."""

    def __init__(self):
        super().__init__()
        self.conv, self.sn = nn.Conv2d(3, 6, 4, 4), multi(v_threshold=0.4)
        self.branches = nn.ModuleList([nn.Conv2d(6, 6, 3, padding=1) for _ in range(2)])
        self.neurons = nn.ModuleList([multi(v_threshold=0.3), multi(v_threshold=0.2)])
        self.pool, self.fc, self.out = nn.AdaptiveAvgPool2d((3, 3)), nn.Linear(54, 10), neuron.IFNode(v_threshold=0.1)

    def forward(self, x):
        once, twice = x.unsqueeze(0).repeat_interleave(STEPS, dim=0), x[None].tile(STEPS, 1, 1, 1, 1)
        s = self.sn((self.conv(once.flatten(0, 1)) + self.conv(twice.flatten(0, 1))).unflatten(0, (STEPS, -1)))
        parts = [sn(branch(s.flatten(0, 1)).unflatten(0, (STEPS, -1))) for branch, sn in zip(self.branches, self.neurons)]
        first, second = torch.stack([torch.stack(parts).sum(0), s], dim=2).unbind(2)
        x = (first + second).mean((3, 4), keepdim=True)
        answers = [self.out(self.fc(self.pool(x[t:t + 1].squeeze(0)).flatten(1))) for t in range(STEPS)]
        return torch.stack(answers).mean(0)


class Volumes(nn.Module):
    """Convolutions and pooling over time, rows and columns whose windows hold one time step, and time as the last axis."""

    def __init__(self):
        super().__init__()
        self.conv, self.bn, self.sn = nn.Conv3d(3, 8, (1, 3, 3), (1, 2, 2), (0, 1, 1)), nn.BatchNorm3d(8), multi()
        self.pool, self.conv2, self.sn2 = nn.MaxPool3d((1, 2, 2)), nn.Conv3d(8, 8, (1, 3, 3), padding=(0, 1, 1)), multi(v_threshold=0.05)
        self.average = nn.AdaptiveAvgPool3d((STEPS, 1, 1))
        self.last, self.sn3, self.fc = layer.TLastSeqToANNContainer(nn.Conv2d(8, 8, 3, 2, 1)), multi(v_threshold=0.1), nn.Linear(16, 5)

    def forward(self, x):
        x = self.sn(self.bn(self.conv(x.permute(1, 2, 0, 3, 4))).permute(2, 0, 1, 3, 4))
        s = self.sn2(self.conv2(self.pool(x.permute(1, 2, 0, 3, 4))).permute(2, 0, 1, 3, 4))
        other = self.sn3(self.last(s.permute(1, 2, 3, 4, 0)).permute(4, 0, 1, 2, 3)).mean((3, 4))
        return self.fc(torch.cat((self.average(s.permute(1, 2, 0, 3, 4)).flatten(2).permute(2, 0, 1), other), -1))


class Helps(nn.Module):
    def helper(self, x):
        return torch.sigmoid(x)

    def forward(self, x):
        return self.helper(x)


class Feedback(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.again, self.sn, self.fc = nn.Conv2d(3, 4, 4, 4), nn.Conv2d(4, 4, 1), neuron.LIFNode(), nn.Linear(4, 5)

    def forward(self, x):
        current = self.conv(x)
        s, answers = torch.zeros_like(current), []
        for _ in range(STEPS):
            s = self.sn(current + self.again(s))
            answers.append(self.fc(s.mean((2, 3))))
        return torch.stack(answers).mean(0)


class LastAlone(Feedback):
    def forward(self, x):
        for _ in range(STEPS):
            answer = self.fc(self.sn(self.conv(x)).mean((2, 3)))
        return answer


def last_alone(): return lively(LastAlone())
def parallel_neurons(): return lively(Refused(nn.Identity(), lambda **named: neuron.PSN(STEPS, surrogate.ATan())))
def reparameterised(): return lively(Reparameterised())
def stacks(): return lively(Stacks())
def volumes(): return lively(Volumes())
def helps(): return lively(Refused(Helps()))
def feedback(): return lively(Feedback())
def rounds_up(): return lively(Refused(layer.MaxPool2d(3, 2, ceil_mode=True, step_mode="m")))
def gated_neurons(): return lively(Refused(nn.Identity(), lambda **named: neuron.GatedLIFNode(T=STEPS, **named)))


def thresholds():
    net = Refused(nn.Identity())
    net.sn.v_threshold = torch.linspace(0.5, 1, 4).view(4, 1, 1)
    return lively(net)


def fails():
    return torch.load("nothing.pth")
