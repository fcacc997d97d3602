"""Modules in the ways in which SpikingJelly's users write them: step modes, containers, loops, connections, heads."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from spikingjelly.activation_based import functional, layer, neuron, surrogate

from networks import STEPS, Refused, lively, multi


def stepped(net, mode="m"):
    functional.set_step_mode(net, mode)
    return lively(net)


class Classifier(nn.Module):
    """Layers and neurons of one step mode, and spikes of the last neurons as the answer."""

    def __init__(self, is_repeating):
        super().__init__()
        self.is_repeating = is_repeating
        self.layers = nn.Sequential(
            layer.Conv2d(3, 8, 3, padding=1, bias=False), layer.BatchNorm2d(8), neuron.IFNode(surrogate_function=surrogate.ATan()),
            layer.MaxPool2d(2, 2), layer.Conv2d(8, 8, 3, padding=1, bias=False), layer.BatchNorm2d(8),
            neuron.LIFNode(detach_reset=True, surrogate_function=surrogate.Sigmoid()), layer.AvgPool2d(2, 2), layer.Flatten(),
            layer.Dropout(0.5), layer.Linear(8 * 16, 20), neuron.LIFNode(v_threshold=0.05), layer.Linear(20, 10),
            neuron.IFNode(v_threshold=0.1), layer.VotingLayer(2))

    def forward(self, x):
        return self.layers(x.unsqueeze(0).repeat(STEPS, 1, 1, 1, 1)).mean(0) if self.is_repeating else self.layers(x)


class Loops(nn.Module):
    """Single-step neurons, and every way of looping over time and gathering the answers."""

    def __init__(self, way):
        super().__init__()
        self.way = way
        self.features = nn.Sequential(
            nn.Conv2d(3, 8, 3, 1, 1), nn.BatchNorm2d(8), neuron.LIFNode(), nn.MaxPool2d(4), nn.Flatten(), nn.Linear(128, 20),
            neuron.IFNode(v_threshold=0.2))
        self.head = nn.Linear(20, 5)

    def forward(self, x):
        def step(image):
            return self.head(self.features(image))

        if self.way == "append":
            answers = []
            for _ in range(STEPS):
                answers.append(step(x))
            return torch.stack(answers).mean(0)
        if self.way == "time first":
            total = None
            for t in range(x.shape[0]):
                total = step(x[t]) if total is None else total + step(x[t])
            return total / x.shape[0]
        if self.way == "time second":
            return torch.stack([step(x[:, t]) for t in range(x.size(1))], dim=1).mean(1)
        total = step(x)
        for _ in range(1, STEPS):
            total += step(x)
        return total / STEPS, {"steps": STEPS}


class Leaks(nn.Module):
    """Leaks and resets, a normalisation without factors, a depthwise convolution, a mean of positions one axis after the other."""

    def __init__(self):
        super().__init__()
        self.a = nn.Sequential(
            layer.Conv2d(3, 8, 3, stride=2, padding=1, step_mode="m"), layer.SeqToANNContainer(nn.BatchNorm2d(8, affine=False)),
            multi(tau=1.1, decay_input=False, v_reset=None, v_threshold=0.6, surrogate_function=surrogate.PiecewiseLeakyReLU()))
        self.b = nn.Sequential(
            layer.Conv2d(8, 8, 3, padding=1, groups=8, step_mode="m"), layer.BatchNorm2d(8, step_mode="m"),
            multi(neuron.ParametricLIFNode, init_tau=2.5, decay_input=False, v_reset=None))
        self.c = nn.Sequential(
            layer.Conv2d(8, 8, (3, 5), padding="same", step_mode="m"), layer.BatchNorm2d(8, step_mode="m"),
            multi(neuron.IFNode, v_threshold=1.2, v_reset=0.3))
        self.head = layer.Linear(8, 6, step_mode="m")

    def forward(self, x):
        return self.head(self.c(self.b(self.a(x))).mean(-1).mean(-1))


class Containers(nn.Module):
    """Modules of images on sequences, by containers and by functions; a convolution that stands in two places."""

    def __init__(self):
        super().__init__()
        self.stem, self.sn = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8)), multi(neuron.IFNode)
        self.body = nn.Sequential(
            layer.SeqToANNContainer(nn.Conv2d(8, 8, 3, 1, 1), nn.BatchNorm2d(8)), multi(),
            layer.MultiStepContainer(nn.Conv2d(8, 8, 3, 1, 1), nn.BatchNorm2d(8), neuron.LIFNode(tau=3.0)))
        self.shared = layer.SeqToANNContainer(nn.Conv2d(8, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8))
        self.s1, self.s2 = multi(), multi()
        self.pool, self.head = nn.AdaptiveMaxPool2d((2, 2)), nn.Linear(32, 5)

    def forward(self, x):
        x = self.body(self.sn(functional.seq_to_ann_forward(x, self.stem)))
        x = self.s1(self.shared(x)) + x
        x = self.s2(self.shared(x) - 0.2)
        x = functional.seq_to_ann_forward(x, [self.pool, nn.Flatten()])
        return functional.seq_to_ann_forward(x, self.head)


class DropPath(nn.Module):
    def forward(self, x):
        if not self.training:
            return x
        return x * x.new_empty((x.shape[0], 1, 1, 1)).bernoulli_(0.8) / 0.8


class Joined(nn.Module):
    """Branches that join by and, by iand, by a sum and by concatenation, and a depth that is dropped in training only."""

    def __init__(self):
        super().__init__()

        def unit(inputs, outputs):
            return nn.Sequential(
                layer.SeqToANNContainer(nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs)),
                multi(neuron.IFNode, v_threshold=0.8, detach_reset=True))

        self.stem = unit(3, 8)
        self.blocks = nn.ModuleList([unit(8, 8), unit(8, 8), unit(8, 8)])
        self.part, self.wide, self.drop = unit(4, 4), unit(12, 6), DropPath()
        self.fc = nn.Linear(6, 5)

    def forward(self, x):
        x = F.avg_pool2d(self.stem(x).flatten(0, 1), 2).unflatten(0, x.shape[:2])
        s = self.blocks[0](x)
        x = s * (1.0 - self.blocks[1](s))
        x = self.drop(self.blocks[2](x)) + x
        _, second = torch.split(s, 4, 2)
        x = torch.cat((x, self.part(second)), dim=2)
        return self.fc(torch.flatten(self.wide(x), 3).mean(-1))


class Currents(nn.Module):
    """Currents that run through, shortcuts on them, pooling of them, and neurons as old code has them."""

    def __init__(self):
        super().__init__()

        def neurons():
            return multi(tau=4 / 3, decay_input=False, v_threshold=0.5)

        self.stem = nn.Sequential(layer.Conv2d(3, 8, 3, 2, 1, bias=False), layer.BatchNorm2d(8), layer.MaxPool2d(3, 2, 1))
        self.branch = nn.Sequential(neurons(), layer.Conv2d(8, 12, 3, 2, 1, bias=False), layer.BatchNorm2d(12))
        self.shortcut = nn.Sequential(layer.AvgPool2d(2, 2), layer.Conv2d(8, 12, 1, bias=False), layer.BatchNorm2d(12))
        self.last, self.head = neurons(), layer.Linear(12, 5)

    def forward(self, x):
        x = self.stem(x)
        return self.head(self.last(self.branch(x) + self.shortcut(x)).mean((3, 4)))


class TokenAttention(nn.Module):
    """Queries summed over a head's channels that gate keys; convolutions over tokens."""

    def __init__(self):
        super().__init__()
        self.embed, self.bn, self.sn = nn.Conv2d(3, 16, 4, 4, bias=False), nn.BatchNorm2d(16), multi()
        for name in ("q", "k", "proj"):
            setattr(self, name, nn.Sequential(nn.Conv1d(16, 16, 1, bias=False), nn.BatchNorm1d(16)))
            setattr(self, f"{name}_sn", multi())
        self.attn_sn, self.head = multi(v_threshold=0.5), nn.Linear(16, 5)

    def forward(self, x):
        x = x.unsqueeze(0).repeat(STEPS, 1, 1, 1, 1)
        steps, batch = x.shape[:2]
        x = self.sn(self.bn(self.embed(x.flatten(0, 1))).reshape(steps, batch, 16, 4, 4)).flatten(3)
        tokens = x.shape[-1]
        q = self.q_sn(self.q(x.flatten(0, 1)).reshape(steps, batch, 16, tokens)).reshape(steps, batch, 4, 4, tokens)
        k = self.k_sn(self.k(x.flatten(0, 1)).reshape(steps, batch, 16, tokens)).reshape(steps, batch, 4, 4, tokens)
        y = torch.mul(self.attn_sn(torch.sum(q, dim=3, keepdim=True)), k).flatten(2, 3)
        x = self.proj_sn(self.proj(y.flatten(0, 1)).reshape(steps, batch, 16, tokens)) + x
        return self.head(x.mean(-1)).mean(0)


class Einsum(nn.Module):
    """Attention and a head by Einstein's sums, zeros padded by hand, weights that are parameters of the module itself."""

    def __init__(self):
        super().__init__()
        random = torch.Generator().manual_seed(3)
        self.stem = nn.Parameter(torch.randn(16, 3, 3, 3, generator=random) * 0.5)
        self.qkv = nn.Parameter(torch.randn(48, 16, generator=random) * 0.5)
        self.out = nn.Parameter(torch.randn(5, 16, generator=random))
        self.sn, self.qkv_sn, self.attn_sn = multi(), multi(v_threshold=0.3), multi(v_threshold=0.3)

    def forward(self, x):
        steps, batch = x.shape[:2]
        x = F.conv2d(F.pad(x.flatten(0, 1), (1, 1, 1, 1)), self.stem, stride=4)
        s = self.sn(x.view(steps, batch, 16, 4, 4))
        q, k, v = self.qkv_sn(torch.einsum("tbchw,dc->tbdhw", s, self.qkv)).flatten(3).reshape(steps, batch, 3, 2, 8, 16).unbind(2)
        scores = torch.einsum("tbhdn,tbhdm->tbhnm", q, k)
        y = torch.einsum("tbhnm,tbhdm->tbhdn", scores, v) * 0.25
        return torch.einsum("...cn,oc->...o", self.attn_sn(y.reshape(steps, batch, 16, 16)), self.out) / 16


class Normalised(nn.Module):
    """Normalisations of SpikingJelly's own, and a sum over time before the head."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1, self.sn1 = (
            layer.Conv2d(3, 8, 3, 2, 1, step_mode="m"), layer.ThresholdDependentBatchNorm2d(alpha=1.0, v_th=1.0, num_features=8), multi())
        self.conv2, self.bn2, self.sn2 = (
            layer.Conv2d(8, 8, 3, 2, 1, step_mode="m"), layer.TemporalEffectiveBatchNorm2d(STEPS, 8), multi(neuron.IFNode, v_threshold=0.6))
        self.fc = nn.Linear(8, 5)

    def forward(self, x):
        s = self.sn2(self.bn2(self.conv2(self.sn1(self.bn1(self.conv1(x))))))
        return self.fc(s.sum(0).mean((2, 3)) / STEPS)


def classifier_of_sequences(): return stepped(Classifier(False))
def classifier_of_images(): return stepped(Classifier(True))
def classifier_of_one_step(): return stepped(Classifier(False), "s")
def loop_append(): return lively(Loops("append"))
def loop_time_first(): return lively(Loops("time first"))
def loop_time_second(): return lively(Loops("time second"))
def loop_in_place(): return lively(Loops("in place"))
def containers(): return lively(Containers())
def joined(): return lively(Joined())
def currents(): return stepped(Currents())
def token_attention(): return lively(TokenAttention())
def einsum(): return lively(Einsum())
def normalised(): return lively(Normalised())


def leaks():
    net = Leaks()
    net.a[1][0].running_var.fill_(0.2)
    return lively(net)


class Decides(nn.Module):
    def forward(self, x):
        return x if x.sum() > 3 else x * 2


class Interpolates(nn.Module):
    def forward(self, x):
        return F.interpolate(x.flatten(0, 1), scale_factor=2).unflatten(0, x.shape[:2])


class Selects(nn.Module):
    def forward(self, x):
        return torch.where(x - 0.5 > 0, x, torch.zeros_like(x))


class Squeezes(nn.Module):
    def forward(self, x):
        return F.pad(x, (0, 1, 0, 0)).sum(-1, keepdim=True) + x


def decides(): return lively(Refused(Decides()))
def interpolates(): return lively(Refused(Interpolates()))
def selects(): return lively(Refused(Selects()))
def squeezes(): return lively(Refused(Squeezes()))
def layer_norm(): return lively(Refused(nn.LayerNorm(4)))
def other_equation(): return lively(Refused(nn.Identity(), neuron.KLIFNode))
