"""`torch.einsum` by permutations and matrix products, which the mapping knows, while a module is traced."""
import contextlib

import torch

_built_in = torch.einsum


@contextlib.contextmanager
def taken_apart():
    previous = torch.einsum, torch.functional.einsum
    torch.einsum = torch.functional.einsum = einsum
    try:
        yield
    finally:
        torch.einsum, torch.functional.einsum = previous


def einsum(equation, *operands):
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = tuple(operands[0])
    terms = _terms(equation, operands)
    if terms is None:
        return _built_in(equation, *operands)
    inputs, output = terms
    letters, value = inputs[0], operands[0]
    for at in range(1, len(inputs)):
        later = set(output).union(*inputs[at + 1:])
        letters, value = _product(letters, value, inputs[at], operands[at], later)
    return _arranged(_summed(letters, value, set(output)), output)


def _terms(equation, operands):
    """The letters of each operand and of the result; nil where that is not a sum of products of plain letters."""
    if not isinstance(equation, str) or any(not isinstance(operand, torch.Tensor) for operand in operands):
        return None
    left, arrow, output = equation.replace(" ", "").partition("->")
    inputs = left.split(",")
    if not arrow or len(inputs) != len(operands):
        return None
    if "..." in equation:
        ranks = [operand.ndim - len(term.replace("...", "")) for term, operand in zip(inputs, operands) if "..." in term]
        free = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in equation]
        if len(set(ranks)) > 1 or not ranks or not 0 <= ranks[0] <= len(free):
            return None
        inputs, output = [term.replace("...", "".join(free[:ranks[0]])) for term in inputs], output.replace("...", "".join(free[:ranks[0]]))
    plain = all(len(set(term)) == len(term) == operand.ndim for term, operand in zip(inputs, operands))
    return (inputs, output) if plain and set(output) <= set("".join(inputs)) and len(set(output)) == len(output) else None


def _summed(letters, value, kept):
    dropped = [at for at, letter in enumerate(letters) if letter not in kept]
    value = value.sum(dropped) if dropped else value
    return "".join(letter for letter in letters if letter in kept), value


def _arranged(term, order):
    letters, value = term
    return value if letters == order else value.permute([letters.index(letter) for letter in order])


def _product(left, one, right, other, later):
    left, one = _summed(left, one, later | set(right))
    right, other = _summed(right, other, later | set(left))
    shared = [letter for letter in left if letter in right]
    batch, inner = [letter for letter in shared if letter in later], [letter for letter in shared if letter not in later]
    outer_left, outer_right = [letter for letter in left if letter not in shared], [letter for letter in right if letter not in shared]
    if not inner:
        order = "".join(batch + outer_left + outer_right)
        return order, _spread(left, one, order) * _spread(right, other, order)
    if not batch and len(outer_left) <= 1 < len(outer_right):
        return _product(right, other, left, one, later)
    sizes = {letter: extent for term, value in ((left, one), (right, other)) for letter, extent in zip(term, value.shape)}

    def joined(value, *groups):
        return _shaped(value, [sizes[letter] for letter in batch] + [_count(sizes, group) for group in groups])

    one = _arranged((left, one), "".join(batch + outer_left + inner))
    other = joined(_arranged((right, other), "".join(batch + inner + outer_right)), inner, outer_right)
    # A matrix alone stands on the right, and needs nothing of the left joined but what is summed over.
    one = joined(one, outer_left, inner) if batch else _shaped(one, [sizes[letter] for letter in outer_left] + [_count(sizes, inner)])
    order = batch + outer_left + outer_right
    return "".join(order), _shaped(one @ other, [sizes[letter] for letter in order])


def _shaped(value, shape):
    return value if list(value.shape) == shape else value.reshape(shape)


def _count(sizes, letters) -> int:
    count = 1
    for letter in letters:
        count *= sizes[letter]
    return count


def _spread(letters, value, order):
    """With an axis of size 1 for each letter that it does not have."""
    own = [letter for letter in order if letter in letters]
    value = _arranged((letters, value), "".join(own))
    for at, letter in enumerate(order):
        if letter not in letters:
            value = value.unsqueeze(at)
    return value
