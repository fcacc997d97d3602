"""Products of queries, keys and values."""
from dataclasses import replace

from .axes import described, whole, without_repeats
from .contraction import contracted
from .graph import Constant, Feature, Scores, laid_out, require
from .values import plain, scaled


def matmul(graph, a):
    one, other = a["self"], a.get("other", a.get("mat2"))
    if isinstance(other, Constant):
        require(other.tensor.ndim == 2, "a product with more than one matrix")
        return contracted(graph, one, -1, Constant(other.tensor.t().contiguous()), None)
    if isinstance(one, Constant):
        require(one.tensor.ndim == 2, "a product with more than one matrix")
        return contracted(graph, other, -2, one, None)
    if isinstance(one, Scores) or isinstance(other, Scores):
        return _attended(graph, one, other)
    return _scores(one, other)


def _head(value: Feature, dim: int):
    """The number of heads where a dimension is the channels of one head."""
    factors = without_repeats(value.dims[dim])
    channels = value.node.channels
    if len(factors) == 1 and factors[0].axis == "C" and factors[0].stride == 1 and channels % factors[0].size == 0:
        heads = channels // factors[0].size
        stands = heads == 1 or any(
            any(factor.axis == "C" and factor.size == heads and factor.stride == factors[0].size for factor in others)
            for others in value.dims[:-2])
        return heads if stands else None
    return None


def _is_tokens(value: Feature, dim: int) -> bool:
    node = value.node
    return without_repeats(value.dims[dim]) == whole("H", node.height) + whole("W", node.width)


def _unscaled(value: Feature):
    """Spikes and the factor that they were multiplied by."""
    if value.node.op == "scale" and value.node.inputs[0].is_spikes:
        return replace(value, node=value.node.inputs[0]), value.node.fields["factor"]
    return value, 1.0


def _scores(one, other) -> Scores:
    (one, first), (other, second) = _unscaled(one), _unscaled(other)
    require(one.node.is_spikes and other.node.is_spikes, "features are multiplied over tokens that are not both spikes")
    require(one.order is None and other.order is None, "queries and keys whose channels were shuffled and joined are multiplied")
    require(one.step == other.step and one.over_time is None and other.over_time is None, "features of different time steps are multiplied")
    if _is_tokens(one, -1) and _is_tokens(other, -2):
        heads, others, over_tokens = _head(one, -2), _head(other, -1), True
    else:
        heads, others, over_tokens = _head(one, -1), _head(other, -2), False
        require(_is_tokens(one, -2) and _is_tokens(other, -1), f"{described(one.dims)} and {described(other.dims)} are multiplied as matrices")
    require(heads and heads == others and one.node.grid == other.node.grid, "the heads of queries, keys and values differ")
    return Scores(one, other, over_tokens, heads, first * second)


def _attended(graph, one, other) -> Feature:
    """The whole product: queries times keys times values, whichever are multiplied first."""
    require(not (isinstance(one, Scores) and isinstance(other, Scores)), "scores are multiplied by scores")
    scores, value = (one, other) if isinstance(one, Scores) else (other, one)
    value, factor = _unscaled(plain(graph, value))
    is_left = scores is one
    near, far = (scores.columns, scores.rows) if is_left else (scores.rows, scores.columns)
    dim = -2 if is_left else -1
    require(value.node.is_spikes and value.node.grid == near.node.grid and value.step == near.step and value.order is None, "queries, keys and values differ in shape")
    if scores.is_over_tokens:
        query, key, content = value, near, far
        require(_head(value, dim) == scores.heads, "the heads of queries, keys and values differ")
    else:
        query, key, content = far, near, value
        require(_is_tokens(value, dim), "scores are multiplied by what are no tokens")
    fields = {"heads": scores.heads, "order": "kv_first", "scale_exponent": 0}
    node = graph.add("product", [query.node, key.node, content.node], fields, query.node.grid)
    result = laid_out(node, _product_dims(scores, value, is_left), value)
    return scaled(graph, result, scores.factor * factor)


def _product_dims(scores: Scores, value: Feature, is_left: bool):
    """The rows of the left factor and the columns of the right one."""
    if is_left:
        return value.dims[:-2] + (scores.rows.dims[-2], value.dims[-1])
    return value.dims[:-2] + (value.dims[-2], scores.columns.dims[-1])


HANDLERS = {"matmul": matmul, "bmm": matmul, "mm": matmul}
