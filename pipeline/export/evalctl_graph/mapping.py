"""Walks through a traced program and builds the network's graph from it."""
import operator

import torch

from . import arithmetic, attention, contraction, dropout, joining, layers, logic, movement, neurons, normalising, parts, pooling, values, volumes, writing
from .axes import described, shape, whole
from .failure import ExportError
from .border import Side
from .graph import Bordered, Complement, Constant, Feature, Graph, Scores, Stacked, Written
from .places import module_path, place

HANDLERS = {
    **movement.HANDLERS, **parts.HANDLERS, **joining.HANDLERS, **contraction.HANDLERS, **layers.HANDLERS, **pooling.HANDLERS, **arithmetic.HANDLERS,
    **attention.HANDLERS, **volumes.HANDLERS, **writing.HANDLERS, **logic.HANDLERS, **normalising.HANDLERS, **dropout.HANDLERS,
}
# Values that depend on the image.
TRACKED = (Feature, Complement, Scores, Stacked, Bordered, Side, Written)
# Of no effect on values.
IGNORED = {"_assert_tensor_metadata", "_assert_scalar", "sym_constrain_range_for_size", "_assert_async"}


class Mapping:
    """The features that a program's values hold."""

    def __init__(self, program, net: torch.nn.Module, layout, steps: int, size: int, progress: list[int]):
        self.program, self.net, self.layout, self.steps = program, net, layout, steps
        self.modules = dict(net.named_modules())
        self.graph = Graph(steps)
        self.calls: dict[str, int] = {}
        self.first_of = {}
        self.values = {}
        self.image = self.graph.add("image", [], {}, (3, size, size), is_static=True)
        self.input = Feature(self.image, layout.dims(steps, size))
        self.prefix = "net." if layout.is_looped else ""
        self.progress = progress
        self.output = self._walk()

    def _walk(self) -> Feature:
        signature = self.program.graph_signature
        names = {**signature.inputs_to_parameters, **signature.inputs_to_buffers, **signature.inputs_to_lifted_tensor_constants}
        tensors = {**self.program.state_dict, **self.program.constants}
        output = None
        for node in self.program.graph.nodes:
            if node.op == "placeholder":
                name = names.get(node.name)
                value = self.input if name is None else Constant(tensors[name], self._own(name))
            elif node.op == "output":
                output = node.args[0][0]
                break
            else:
                value = self._called(node)
            self.values[node] = value
            self.progress[0] += 1
        if output is None or not isinstance(self.values.get(output), (Feature, Complement)):
            raise ExportError("the module does not give a tensor that depends on the image; potentials of neurons cannot be the answer")
        self.output_name = output.name
        return self._per_step(values.plain(self.graph, self.values[output]))

    def _own(self, name: str) -> str | None:
        own = name.removeprefix(self.prefix)
        return own if own in self.net.state_dict() else None

    def _called(self, node):
        if node.op == "get_attr":
            return Constant(getattr(self.program.graph_module, node.target))
        if node.op != "call_function":
            raise ExportError(f"the traced program has a {node.op}, which is not understood")
        path = self.graph.path = module_path(node, self.prefix)
        arguments = torch.fx.node.map_arg((node.args, node.kwargs), lambda used: _Value(self.values.get(used)))
        args, kwargs = _unpacked(arguments)
        schema = getattr(node.target, "_schema", None)
        try:
            if node.target is operator.getitem:
                return args[0][args[1]]
            if schema is None:
                raise ExportError("this is no operator of PyTorch")
            return self._operator(schema, node, args, kwargs)
        except (ExportError, AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError) as error:
            reason = error if isinstance(error, ExportError) else f"this operator is used in a way that is not understood: {error}"
            raise ExportError(f"{reason}\n  operator  {node.target}\n{place(node, path, self.modules.get(path), self.net)}") from error

    def _operator(self, schema, node, args, kwargs):
        name = schema.name.split("::")[-1]
        if name in IGNORED:
            return None
        if node.target is torch.ops.evalctl.neuron.default:
            return self._neurons(*args)
        named = {argument.name: argument.default_value for argument in schema.arguments if argument.has_default_value()}
        named.update(zip([argument.name for argument in schema.arguments], args), **kwargs)
        if not any(isinstance(part, TRACKED) for part in _parts(named.values())):
            return _computed(node.target, args, kwargs)
        if name not in HANDLERS:
            raise ExportError("this operator is none that a network description has")
        result = HANDLERS[name](self.graph, named)
        _check_shape(result, node)
        return result

    def _neurons(self, value, path: str):
        module = self.modules[path]
        fields, feature = neurons.parameters(path, module), values.affine(self.graph, value)
        call = self.calls[path] = self.calls.get(path, -1) + 1
        is_stepped = self.steps > 1 and not neurons.is_multi_step(module)
        if is_stepped:
            self._check_single_step(feature, call)
        else:
            self._check_multi_step(feature, call)
        node = self.graph.add("neuron", [feature.node], fields, feature.node.grid, True, path=path)
        if self.first_of.setdefault(path, node) is not node:
            raise ExportError(f"the neurons {path} read something else in time step {call} than in the first")
        return Feature(node, feature.dims, call if is_stepped else None, order=feature.order)

    def _check_multi_step(self, feature: Feature, call: int):
        if call:
            raise ExportError("neurons are called twice, and would go on from the potentials of the first call")
        time = whole("T", self.steps)
        if time and (not feature.dims or feature.dims[0] != time):
            raise ExportError(
                f"neurons read {described(feature.dims)}, whose first axis is not the {self.steps} time steps. "
                "--timesteps has to be what the module runs")

    def _check_single_step(self, feature: Feature, call: int):
        if any(factor.axis in "T*" for factors in feature.dims for factor in factors):
            raise ExportError(f"neurons with step_mode='s' are given all time steps at once: {described(feature.dims)}")
        if call >= self.steps:
            raise ExportError(f"neurons are called more than {self.steps} times, the number of time steps")
        if not feature.node.is_static and feature.step != call:
            raise ExportError(
                f"the call for time step {call} reads what belongs to step {feature.step}: "
                "connections from one time step to another cannot be described")

    def _per_step(self, feature: Feature) -> Feature:
        """The logits of each time step: a mean or sum over time at the end is dropped."""
        short = [path for path, call in self.calls.items() if not neurons.is_multi_step(self.modules[path]) and call + 1 < self.steps]
        if short and self.steps > 1:
            raise ExportError(f"the neurons {short[0]} are called {self.calls[short[0]] + 1} times, and there are {self.steps} time steps")
        if feature.summed is not None or feature.step is not None:
            raise ExportError("the module gives the answer of some of the time steps only, not of all or their mean")
        self.over_time = feature.over_time
        if feature.over_time not in (None, 1.0, float(self.steps)):
            self.over_time = 1.0
            feature = values.affine(self.graph, feature, mean=True)
        node = feature.node
        if node.height * node.width != 1:
            raise ExportError(f"the module's answer is no vector of classes: {described(feature.dims)}")
        self.answer = feature
        return contraction.as_logits(self.graph, feature)


class _Value:
    """A value among arguments, so that the tracer's own walk through lists leaves it alone."""

    def __init__(self, value):
        self.value = value


def _unpacked(part):
    if isinstance(part, _Value):
        return part.value
    if isinstance(part, (list, tuple)):
        return [_unpacked(one) for one in part]
    if isinstance(part, dict):
        return {key: _unpacked(one) for key, one in part.items()}
    return part


def _parts(values):
    for value in values:
        yield from _parts(value) if isinstance(value, (list, tuple)) else [value]


def _computed(target, args, kwargs):
    """An operator on constants alone."""
    def plain(part):
        if isinstance(part, Constant):
            return part.tensor
        return [plain(one) for one in part] if isinstance(part, list) else part

    with torch.no_grad():
        result = target(*[plain(one) for one in args], **{key: plain(one) for key, one in kwargs.items()})
    if isinstance(result, torch.Tensor):
        return Constant(result)
    return [Constant(one) if isinstance(one, torch.Tensor) else one for one in result] if isinstance(result, (list, tuple)) else result


def _check_shape(result, node):
    """What the mapping says of a value's shape has to be what the tracer says."""
    if isinstance(result, Complement):
        result = result.of
    expected = node.meta.get("val")
    if isinstance(result, Feature) and isinstance(expected, torch.Tensor):
        if shape(result.dims) != list(expected.shape):
            raise ExportError(f"the result's axes {described(result.dims)} are not its shape {list(expected.shape)}")
