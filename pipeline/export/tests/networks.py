"""Modules as people write them, each with the shapes of its own: what the exporter is tried on."""
import sys
import types

import torch
import torch.nn as nn
from einops import rearrange
from spikingjelly.activation_based import functional, layer, neuron

STEPS = 4
SIZE = 16


def lively(net, seed=1):
    """Statistics and factors at which neurons fire, and not always."""
    random = torch.Generator().manual_seed(seed)
    for module in net.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)) and module.affine:
            for tensor, low, high in (
                    (module.weight.data, 0.6, 1.6), (module.bias.data, -0.1, 0.9), (module.running_mean, -0.2, 0.2), (module.running_var, 0.05, 0.5)):
                tensor.copy_(torch.rand(tensor.shape, generator=random) * (high - low) + low)
    return net.eval()


def multi(kind=neuron.LIFNode, **named):
    return kind(step_mode="m", **named)


class Folded(nn.Module):
    """Takes [B, T, ...] and folds time and batch by hand."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1, self.sn1 = nn.Conv2d(3, 6, 3, 2, 1), nn.BatchNorm2d(6), multi(tau=1.5)
        self.conv2, self.bn2, self.sn2 = nn.Conv2d(6, 6, 3, padding=2, dilation=2, groups=3), nn.BatchNorm2d(6), multi(decay_input=False)
        self.head = nn.Linear(6 * 4 * 4, 5)

    def forward(self, x):
        x = x.permute(1, 0, 2, 3, 4).contiguous()
        steps, batch = x.shape[:2]
        x = self.bn1(self.conv1(x.flatten(0, 1)))
        x = self.sn1(x.reshape(steps, batch, *x.shape[1:]))
        x = self.bn2(self.conv2(x.view(steps * batch, 6, 8, 8)))
        x = self.sn2(x.unflatten(0, (steps, batch)))
        x = torch.max_pool2d(x.flatten(0, 1), 2)
        return self.head(x.flatten(1)).view(steps, batch, -1).mean(0)


class Repeating(nn.Module):
    """Takes images, repeats them itself, and takes the mean over time before the head."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 4, 4, bias=False), nn.BatchNorm2d(8))
        self.sn = multi(neuron.IFNode, v_threshold=0.7, v_reset=-0.2)
        self.mixed, self.bn, self.sn2 = nn.Conv2d(8, 8, 1), nn.BatchNorm2d(8), multi(v_reset=None)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = self.stem(x).unsqueeze(0).repeat(STEPS, 1, 1, 1, 1)
        s = self.sn(x)
        x = self.bn(self.mixed(s.flatten(0, 1))).reshape_as(s)
        x = self.sn2(x + s * 0.5)
        return self.head(x.mean((0, 3, 4)))


class Steps(nn.Module):
    """Calls single-step neurons in a loop of its own and sums the answers."""

    def __init__(self, is_stacked=False):
        super().__init__()
        self.is_stacked = is_stacked
        self.conv, self.bn, self.sn1 = nn.Conv2d(3, 6, 3, 2, 1), nn.BatchNorm2d(6), neuron.IFNode()
        self.conv2, self.bn2, self.sn2 = nn.Conv2d(6, 6, 3, 1, 1), nn.BatchNorm2d(6), neuron.ParametricLIFNode(init_tau=1.7)
        self.fc = nn.Linear(6, 5)

    def step(self, x):
        s = self.sn1(x)
        s = self.sn2(self.bn2(self.conv2(s)) + s)
        return self.fc(s.mean((2, 3)))

    def forward(self, x):
        static = self.bn(self.conv(x))
        if self.is_stacked:
            return torch.stack([self.step(static) for _ in range(STEPS)]).sum(0)
        out = 0.0
        for _ in range(STEPS):
            out = out + self.step(static)
        return out / STEPS


class OneStep(nn.Module):
    """Does one time step; whoever uses it loops."""

    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            nn.Conv2d(3, 6, 3, 2, 1), nn.BatchNorm2d(6), neuron.LIFNode(tau=4 / 3, decay_input=False, v_threshold=0.5), nn.AvgPool2d(2),
            nn.Conv2d(6, 8, 3, 1, 1), nn.BatchNorm2d(8), neuron.IFNode(v_reset=None), nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(32, 5))

    def forward(self, x):
        return self.net(x)


class Attention(nn.Module):
    """Tokens behind channels, queries, keys and values of one linear layer."""

    def __init__(self, channels, heads, keys_first, is_packed_by_heads):
        super().__init__()
        self.heads, self.keys_first, self.is_packed_by_heads = heads, keys_first, is_packed_by_heads
        self.qkv, self.bn = nn.Linear(channels, 3 * channels, bias=False), nn.BatchNorm1d(3 * channels)
        self.sn, self.attn_sn = multi(v_threshold=0.4), multi(v_threshold=0.1)
        self.proj, self.proj_bn = nn.Linear(channels, channels), nn.BatchNorm1d(channels)

    def forward(self, s):
        steps, batch, tokens, channels = s.shape
        x = self.bn(self.qkv(s.flatten(0, 1)).transpose(-1, -2)).transpose(-1, -2)
        x = self.sn(x.reshape(steps, batch, tokens, 3 * channels))
        shape = (steps, batch, tokens, self.heads, channels // self.heads)
        if self.is_packed_by_heads:
            q, k, v = x.reshape(steps, batch, tokens, 3, self.heads, channels // self.heads).permute(3, 0, 1, 4, 2, 5)
        else:
            q, k, v = (part.reshape(shape).transpose(2, 3) for part in x.chunk(3, dim=-1))
        if self.keys_first:
            x = q @ (k.transpose(-2, -1) @ v) * 0.125
        else:
            x = (q @ k.transpose(-2, -1)) * 0.125 @ v
        x = self.attn_sn(x.transpose(2, 3).reshape(steps, batch, tokens, channels))
        x = self.proj_bn(self.proj(x).flatten(0, 1).transpose(1, 2)).transpose(1, 2)
        return x.view(steps, batch, tokens, channels)


class Tokens(nn.Module):
    """A transformer whose tokens are moved about by einops, with a constant for each place."""

    def __init__(self, keys_first=True, is_packed_by_heads=False):
        super().__init__()
        self.embed, self.bn = nn.Conv2d(3, 16, 4, 4), nn.BatchNorm2d(16)
        self.place = nn.Parameter(torch.linspace(-0.3, 0.3, 16).view(1, 1, 16, 1))
        self.sn = multi()
        self.attention = Attention(16, 4, keys_first, is_packed_by_heads)
        self.gamma = nn.Parameter(torch.linspace(0.5, 1.5, 16))
        self.out_sn = multi()
        self.head = nn.Linear(16, 5)

    def forward(self, x):
        steps = x.shape[0]
        x = self.bn(self.embed(rearrange(x, "t b c h w -> (t b) c h w")))
        x = rearrange(x, "(t b) c h w -> t b (h w) c", t=steps) + self.place
        x = x + self.gamma * self.attention(self.sn(x))
        return self.head(self.out_sn(x)).mean(2)


class Mixing(nn.Module):
    """Mixes along rows and columns, normalises along tokens, and has factors for each time step."""

    def __init__(self):
        super().__init__()
        self.embed, self.bn, self.sn = layer.Conv2d(3, 8, 4, 4, step_mode="m"), layer.BatchNorm2d(8, step_mode="m"), multi()
        self.rows, self.columns = nn.Linear(4, 4), nn.Conv2d(4, 4, 1)
        self.rows_bn, self.tokens_bn = nn.BatchNorm2d(4), nn.BatchNorm1d(16)
        self.scale = nn.Parameter(torch.tensor([1.0, 0.5, 1.5, 0.75]).view(4, 1, 1, 1, 1))
        self.sn2, self.sn3 = multi(neuron.IFNode), multi()
        self.head = nn.Linear(8 * 16, 5, bias=False)

    def forward(self, x):
        s = self.sn(self.bn(self.embed(x)))
        steps, batch, channels, height, width = s.shape
        h = self.rows(s.transpose(3, 4)).transpose(3, 4).reshape(-1, channels, height, width)
        h = self.rows_bn(h.permute(0, 2, 1, 3)).permute(0, 2, 1, 3)
        w = self.columns(s.flatten(0, 1).permute(0, 3, 1, 2)).permute(0, 2, 3, 1)
        x = self.sn2((h + w).view_as(s) * self.scale)
        x = self.tokens_bn(x.reshape(steps * batch, channels, -1).transpose(1, 2)).view(steps, batch, 16, channels) * self.scale[..., 0]
        x = self.sn3(x)
        return self.head(x.reshape(steps, batch, -1))


class Gates(nn.Module):
    """Ands, complements, sums over tokens as gates, concatenation, pooling that is kept, and a voting layer."""

    def __init__(self):
        super().__init__()
        self.embed, self.bn = layer.Conv2d(3, 8, 3, 2, 1, step_mode="m"), layer.BatchNorm2d(8, step_mode="m")
        self.a, self.b, self.gate, self.c = multi(v_threshold=0.5), multi(neuron.IFNode), multi(v_threshold=1.5), multi(v_threshold=0.5)
        self.wide, self.wide_bn = layer.Conv2d(24, 10, 1, step_mode="m"), layer.BatchNorm2d(10, step_mode="m")
        self.pool = layer.MaxPool2d(3, 2, 1, step_mode="m")
        self.fc = layer.Linear(10, 30, step_mode="m")
        self.vote = layer.VotingLayer(3, step_mode="m")

    def forward(self, x):
        x = self.bn(self.embed(x))
        a, b = self.a(x), self.b(x * 0.3 + 0.2)
        gate = self.gate((a * b).flatten(3).sum(-1, keepdim=True)).unsqueeze(-1)
        x = torch.cat([a * (1.0 - b), (1 - a) * b, a * gate], dim=2)
        x = self.pool(self.wide_bn(self.wide(x)))
        x = self.c(torch.nn.functional.avg_pool2d(x.flatten(0, 1), 2).unflatten(0, x.shape[:2]))
        return self.vote(self.fc(x.mean((-1, -2))))


def old_code():
    from spikingjelly.clock_driven.layer import SeqToANNContainer
    from spikingjelly.clock_driven.neuron import MultiStepLIFNode, MultiStepParametricLIFNode
    from spikingjelly.clock_driven.surrogate import ATan

    class Old(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = SeqToANNContainer(nn.Conv2d(3, 6, 3, 2, 1, bias=False), nn.BatchNorm2d(6))
            self.sn = MultiStepLIFNode(tau=2.0, detach_reset=True, surrogate_function=ATan(), backend="cupy")
            self.conv2 = SeqToANNContainer(nn.Conv2d(6, 6, 3, 1, 1, bias=False), nn.BatchNorm2d(6))
            self.sn2 = MultiStepParametricLIFNode(init_tau=3.0)
            self.fc = nn.Linear(6, 5)

        def forward(self, x):
            x = self.sn(self.conv(x.unsqueeze(0).repeat(STEPS, 1, 1, 1, 1)))
            return self.fc(self.sn2(self.conv2(x)).flatten(3).mean(-1)).mean(0)

    return lively(Old())


def folded(): return lively(Folded())
def repeating(): return lively(Repeating())
def steps(): return lively(Steps())
def stacked(): return lively(Steps(is_stacked=True))
def one_step(): return lively(OneStep())
def tokens(): return lively(Tokens())
def tokens_queries_first(): return lively(Tokens(keys_first=False, is_packed_by_heads=True))
def mixing(): return lively(Mixing())
def gates(): return lively(Gates())


def sew():
    """SpikingJelly's own SEW-ResNet, with blocks of one layer."""
    # The zoo needs torchvision for its downloads only.
    for name in ("torchvision", "torchvision._internally_replaced_utils"):
        stand_in = sys.modules.setdefault(name, types.ModuleType(name))
        stand_in.load_state_dict_from_url = None
    from spikingjelly.activation_based.model import sew_resnet
    net = sew_resnet.SEWResNet(sew_resnet.BasicBlock, [1, 1, 1, 1], num_classes=5, cnf="ADD", spiking_neuron=neuron.IFNode)
    functional.set_step_mode(net, "m")
    return lively(net)


def spike_driven_transformer():
    from spikingjelly.activation_based.model.spike_driven_transformer import SpikeDrivenTransformer
    return lively(SpikeDrivenTransformer(T=STEPS, num_classes=5, embed_dims=32, num_heads=2, depths=1))


class Refused(nn.Module):
    """What cannot be described, one thing at a time."""

    def __init__(self, tail, kind=neuron.LIFNode):
        super().__init__()
        self.conv, self.bn, self.sn = layer.Conv2d(3, 4, 4, 4, step_mode="m"), layer.BatchNorm2d(4, step_mode="m"), multi(kind)
        self.tail, self.head = tail, nn.Linear(4, 5)

    def forward(self, x):
        return self.head(self.tail(self.sn(self.bn(self.conv(x)))).mean((3, 4)))


class Leaky(neuron.LIFNode):
    def neuronal_charge(self, x):
        self.v = self.v * 0.9 + x


class Softmax(nn.Module):
    def forward(self, x):
        return x.softmax(2)


class Squares(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = layer.Conv2d(4, 4, 1, step_mode="m")

    def forward(self, x):
        return self.fc(x) * self.fc(x)


class OfComplements(nn.Module):
    def forward(self, x):
        return (1 - x) @ x.transpose(-1, -2)


class LastStep(nn.Module):
    def forward(self, x):
        return x[-1:]


def softmax(): return lively(Refused(Softmax()))
def squares(): return lively(Refused(Squares()))
def of_complements(): return lively(Refused(OfComplements()))
def relu(): return lively(Refused(nn.Sequential(layer.Conv2d(4, 4, 1, step_mode="m"), nn.ReLU())))
def last_step(): return lively(Refused(LastStep()))
def own_neuron(): return lively(Refused(nn.Identity(), Leaky))
def other_neuron(): return lively(Refused(nn.Identity(), neuron.QIFNode))
def no_neuron(): return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
