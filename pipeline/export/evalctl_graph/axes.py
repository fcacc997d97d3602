"""What the dimensions of a tensor mean: each is a row of factors of the logical axes T, C, H and W.

The batch has size 1 while a module is traced, and factors of size 1 are left out, so it never shows.
"""
from dataclasses import dataclass
from math import prod

from .failure import ExportError

# An axis along which a tensor repeats itself.
REPEATED = "*"


@dataclass(frozen=True)
class Factor:
    axis: str
    size: int
    # Steps along the axis from one index to the next.
    stride: int = 1


Dims = tuple[tuple[Factor, ...], ...]


def whole(axis: str, size: int) -> tuple[Factor, ...]:
    return (Factor(axis, size),) if size > 1 else ()


def merged(factors) -> tuple[Factor, ...]:
    """The same dimension with neighbours made one where they are one axis's."""
    result: list[Factor] = []
    for factor in factors:
        if factor.size == 1:
            continue
        last = result[-1] if result else None
        if last and last.axis == factor.axis and last.stride == factor.size * factor.stride and factor.axis != REPEATED:
            result[-1] = Factor(factor.axis, last.size * factor.size, factor.stride)
        else:
            result.append(factor)
    return tuple(result)


def size(factors) -> int:
    return prod(factor.size for factor in factors)


def shape(dims: Dims) -> list[int]:
    return [size(factors) for factors in dims]


def viewed(dims: Dims, target) -> Dims:
    """The dimensions after a view or reshape of a contiguous tensor."""
    target = list(target)
    if -1 in target:
        known = prod(extent for extent in target if extent != -1)
        target[target.index(-1)] = prod(shape(dims)) // max(known, 1)
    rest = [factor for factors in dims for factor in factors]
    result = []
    for extent in target:
        taken = []
        while extent > 1:
            if not rest:
                raise ExportError(f"a reshape to {target} does not keep the number of values")
            factor = rest.pop(0)
            if factor.size > extent:
                if factor.size % extent:
                    raise ExportError(f"a reshape to {target} cuts through the axis {factor.axis} of {factor.size}")
                inner = factor.size // extent
                rest.insert(0, Factor(factor.axis, inner, factor.stride))
                factor = Factor(factor.axis, extent, factor.stride * inner)
            elif extent % factor.size:
                raise ExportError(f"a reshape to {target} cuts through the axis {factor.axis} of {factor.size}")
            taken.append(factor)
            extent //= factor.size
        result.append(merged(taken))
    if rest:
        raise ExportError(f"a reshape to {target} does not keep the number of values")
    return tuple(result)


def without_repeats(factors) -> tuple[Factor, ...]:
    return tuple(factor for factor in factors if factor.axis != REPEATED)


def described(dims: Dims) -> str:
    """The dimensions in words, for errors."""
    def text(factors):
        return "*".join(f"{factor.axis}{factor.size}" for factor in factors) or "1"
    return "[" + ", ".join(text(factors) for factors in dims) + "]"
