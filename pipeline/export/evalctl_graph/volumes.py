"""Layers over time, rows and columns whose windows hold one time step: the same layers over rows and columns."""
from .axes import size
from .graph import Constant, Feature, require
from .layers import convolution
from .pooling import adaptive_average_pool, adaptive_max_pool, average_pool, max_pool

LONG_WINDOW = "its first axis, which is time in [B, C, T, H, W], has a window of more than one"


def _turned(value: Feature) -> Feature:
    """Channels and time, the fourth and the third axis from the end, in each other's place."""
    dims = value.dims
    require(len(dims) >= 4, "a layer over three axes reads fewer")
    return value.with_dims(dims[:-4] + (dims[-3], dims[-4]) + dims[-2:])


def _in_a_step(numbers, alone: int):
    """A window's numbers for rows and columns, where that for time says that it holds one time step."""
    numbers = list(numbers) if isinstance(numbers, (list, tuple)) else [numbers]
    numbers = numbers * 3 if len(numbers) == 1 else numbers
    require(not numbers or numbers[0] == alone, LONG_WINDOW)
    return numbers[1:]


def convolution_of_volumes(graph, a):
    weight = a["weight"].tensor
    require(weight.shape[2] == 1, LONG_WINDOW)
    plane = {
        **a, "input": _turned(a["input"]), "weight": Constant(weight.squeeze(2)), "stride": _in_a_step(a["stride"], 1),
        "padding": a["padding"] if isinstance(a["padding"], str) else _in_a_step(a["padding"], 0), "dilation": list(a["dilation"])[-2:],
    }
    return _turned(convolution(graph, plane))


def pooled(pool):
    def handler(graph, a):
        window = {
            "kernel_size": _in_a_step(a["kernel_size"], 1), "stride": _in_a_step(a["stride"] or [], 1), "padding": _in_a_step(a["padding"], 0)}
        if "dilation" in a:
            window["dilation"] = list(a["dilation"])[-2:] if isinstance(a["dilation"], (list, tuple)) else a["dilation"]
        return _turned(pool(graph, {**a, **window, "self": _turned(a["self"])}))
    return handler


def adaptive(pool):
    def handler(graph, a):
        value = a["self"]
        wanted = _in_a_step(a["output_size"], size(value.dims[-3]))
        result = pool(graph, {"self": _turned(value), "output_size": wanted})
        return [_turned(result[0]), None] if isinstance(result, list) else _turned(result)
    return handler


HANDLERS = {
    "conv3d": convolution_of_volumes, "avg_pool3d": pooled(average_pool), "max_pool3d": pooled(max_pool),
    "max_pool3d_with_indices": lambda graph, a: [pooled(max_pool)(graph, a), None],
    "adaptive_avg_pool3d": adaptive(adaptive_average_pool), "_adaptive_avg_pool3d": adaptive(adaptive_average_pool),
    "adaptive_max_pool3d": adaptive(adaptive_max_pool),
}
