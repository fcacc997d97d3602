"""Spikes as truth values."""
import operator

from .arithmetic import multiply, number, subtract, total
from .gating import both
from .graph import Complement, Constant, Feature, require
from .values import plain


def negated(graph, a):
    if isinstance(a["self"], Complement):
        return a["self"].of
    return subtract(graph, {"self": 1.0, "other": a["self"]})


def either(graph, a):
    """Spikes of the first, and those of the second where the first has none."""
    one, other = plain(graph, a["self"]), plain(graph, a["other"])
    return total(graph, one, both(graph, "iand", other, one), 1.0)


def chosen(graph, a):
    """`where`: of the first where the condition spikes, of the second elsewhere."""
    condition, one, other = a["condition"], a["self"], a["other"]
    first = None if _is_zero(one) else multiply(graph, {"self": condition, "other": one})
    second = None if _is_zero(other) else multiply(graph, {"self": negated(graph, {"self": condition}), "other": other})
    require(first is not None or second is not None, "nothing is chosen")
    return second if first is None else first if second is None else total(graph, first, second, 1.0)


def compared(holds):
    """A comparison of spikes with a number: the spikes, or where there are none."""
    def handler(graph, a):
        value, limit = a["self"], number(a["other"])
        require(isinstance(value, Feature) and value.node.is_spikes and limit is not None, "values are compared that are no spikes, or not with a number")
        of_silence, of_spike = holds(0.0, limit), holds(1.0, limit)
        require(of_silence != of_spike, f"spikes are compared with {limit}, which gives the same for all of them")
        return value if of_spike else Complement(value)
    return handler


def _is_zero(value) -> bool:
    return isinstance(value, (int, float)) and value == 0 or isinstance(value, Constant) and not value.tensor.any()


def masked(graph, a):
    """Zeros where a mask spikes."""
    require(_is_zero(a["value"]), "a feature is filled with something else than zeros")
    return multiply(graph, {"self": a["self"], "other": negated(graph, {"self": a["mask"]})})


HANDLERS = {
    **{name: multiply for name in ("logical_and", "bitwise_and", "__and__", "minimum")},
    **{name: either for name in ("logical_or", "bitwise_or", "__or__", "maximum")},
    **{name: compared(getattr(operator, name)) for name in ("gt", "ge", "lt", "le", "eq", "ne")},
    "logical_not": negated, "bitwise_not": negated, "where": chosen, "masked_fill": masked,
}
