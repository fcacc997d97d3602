"""Channels in an order of their own: joining what was shuffled leaves a tensor whose channels stand otherwise than its node's, in no order that factors say."""
from .axes import Dims, size
from .graph import Constant, Feature


def channels_at(factors, order) -> list[int]:
    """The node's channel at each place of a dimension that holds all channels."""
    places = [0]
    for factor in factors:
        places = [place + digit * factor.stride for place in places for digit in range(factor.size)]
    return [order[place] for place in places] if order else places


def ordered(channels) -> tuple[int, ...] | None:
    """Channels as a feature holds their order: nothing where it is the node's."""
    return None if list(channels) == sorted(channels) else tuple(channels)


def in_node_order(tensor, order, dim: int = 0):
    """Values for the channels of a tensor, for those of its node."""
    return tensor if order is None else tensor.index_select(dim, tensor.new_tensor(inverse(order)).long())


def inverse(order) -> list[int]:
    return sorted(range(len(order)), key=order.__getitem__)


def holds_channels(dims: Dims, dim: int, channels: int) -> bool:
    """Whether a dimension holds all channels and nothing else, in whatever order."""
    places = channels_at(dims[dim], None) if all(factor.axis == "C" for factor in dims[dim]) else []
    return sorted(places) == list(range(channels))


def is_shuffled(value: Feature, factors) -> bool:
    is_all = {factor.axis for factor in factors} == {"C"} and size(factors) == value.node.channels
    return is_all and (len(factors) > 1 or value.order is not None)


def with_channels(value: Feature, factors) -> Feature:
    return value.with_dims(value.dims[:-3] + (factors,) + value.dims[-2:])


def for_channels(constant: Constant | None, value: Feature, dim: int = -3) -> Constant | None:
    """What belongs to each place of shuffled channels, for each of the node's."""
    places = channels_at(value.dims[dim], value.order)
    return constant and Constant(in_node_order(constant.tensor, places))
