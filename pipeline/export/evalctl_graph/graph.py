"""The network while it is built: nodes, each made once, whatever the module's code repeats in every time step."""
from dataclasses import dataclass, field, replace

import torch

from .axes import Dims, described, without_repeats
from .failure import ExportError


UNFINISHED = "a tensor is read of which a part is written only"


@dataclass(eq=False)
class Node:
    op: str
    inputs: list["Node"]
    fields: dict
    channels: int
    height: int
    width: int
    is_spikes: bool = False
    # Whether the feature is the same in every time step.
    is_static: bool = False
    # The module that it came from.
    path: str = ""
    # The channels of a module's neurons that it holds, where it holds a part of them.
    part: tuple[int, ...] | None = None

    @property
    def grid(self) -> tuple[int, int, int]:
        return self.channels, self.height, self.width


@dataclass(frozen=True)
class Feature:
    """A tensor that holds a node's feature."""

    node: Node
    dims: Dims
    # The time step that it holds, where it holds one of several.
    step: int | None = None
    # Its factor, where it is the mean over time.
    over_time: float | None = None
    # The time steps that it is the sum of, where those are not all.
    summed: frozenset[int] | None = None
    # The node's channel for each channel of the tensor, where they stand in another order.
    order: tuple[int, ...] | None = None

    def with_dims(self, dims: Dims) -> "Feature":
        return replace(self, dims=tuple(dims))


@dataclass(frozen=True)
class Complement:
    """One minus a feature of spikes."""

    of: Feature


@dataclass(frozen=True)
class Constant:
    tensor: torch.Tensor
    # The state dict's name, where it is a tensor of it as it is.
    name: str | None = None


@dataclass(frozen=True)
class Scores:
    """A product of two of queries, keys and values: `rows` and `columns` are what it stands for in the rows and columns of its matrices."""

    rows: Feature
    columns: Feature
    # Whether it is summed over tokens (keys and values) or over a head's channels (queries and keys).
    is_over_tokens: bool
    heads: int
    factor: float = 1.0


@dataclass(frozen=True)
class Stacked:
    """Features of one shape side by side along a dimension of their own: their sum is described, and each of them."""

    values: tuple[Feature, ...]
    dim: int


@dataclass(frozen=True)
class Bordered:
    """A feature with zeros around it, of which constants were written over those of some sides."""

    padded: Feature
    # By side, a constant for each channel.
    sides: tuple[tuple[str, torch.Tensor], ...] = ()


@dataclass(frozen=True)
class Written:
    """A tensor of which some indices along a dimension are written, and the rest is what it was made with."""

    base: Constant
    dim: int
    parts: tuple[tuple[int, Feature], ...]


@dataclass
class Graph:
    steps: int
    nodes: dict[tuple, Node] = field(default_factory=dict)
    tensors: dict[str, torch.Tensor] = field(default_factory=dict)
    # Module path of the operator in work.
    path: str = ""

    def add(self, op, inputs, fields, grid, is_spikes=False, part=None, path=None, is_static=None) -> Node:
        """The node of this operator on these inputs, the one that is there if it is."""
        path = self.path if path is None else path
        key = (op, tuple(id(node) for node in inputs), repr(sorted(fields.items())), path if op == "neuron" else None, part)
        if key not in self.nodes:
            static = op != "neuron" and all(node.is_static for node in inputs) if is_static is None else is_static
            self.nodes[key] = Node(op, list(inputs), dict(fields), *grid, is_spikes, static, path, part)
        return self.nodes[key]

    def tensor(self, constant: Constant | None, purpose: str = "constant", shape=None) -> str | None:
        """The name of a tensor in the description: the state dict's own, or a new one for what was computed."""
        if constant is None:
            return None
        value = constant.tensor.detach()
        if shape is not None and list(value.shape) != list(shape):
            value, name = value.reshape(shape), None
        else:
            name = constant.name
        if name is None:
            base = f"{self.path}.{purpose}" if self.path else purpose
            name = base = f"computed/{base}"
            count = 2
            while name in self.tensors and not _same(self.tensors[name], value):
                name, count = f"{base}.{count}", count + 1
        self.tensors.setdefault(name, value)
        return name

    def vector(self, values, purpose: str) -> str:
        return self.tensor(Constant(torch.as_tensor(values).flatten()), purpose)


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and torch.equal(one.double(), other.double())


def laid_out(node: Node, dims: Dims, like: Feature) -> Feature:
    """A node's feature, of the time steps that another one has."""
    if node.is_static:
        return Feature(node, dims, over_time=like.over_time, order=like.order)
    return Feature(node, dims, like.step, like.over_time, order=like.order)


def require(condition, message: str):
    if not condition:
        raise ExportError(message)


def aligned(one: Feature, other: Feature):
    """The dimensions of an elementwise result."""
    count = max(len(one.dims), len(other.dims))
    padded = [((),) * (count - len(value.dims)) + tuple(map(without_repeats, value.dims)) for value in (one, other)]
    for left, right in zip(*padded):
        require(not left or not right or left == right, f"features of {described(one.dims)} and {described(other.dims)} meet")
    dims = tuple(left or right for left, right in zip(*padded))
    require(one.order == other.order, "features meet whose channels were shuffled and joined in different ways")
    steps = {value.step for value in (one, other) if not value.node.is_static}
    has_time = any(factor.axis == "T" for factors in dims for factor in factors)
    require(len(steps) <= 1 and not (has_time and steps - {None}), "features of different time steps meet")
    return dims, next(iter(steps), None)
