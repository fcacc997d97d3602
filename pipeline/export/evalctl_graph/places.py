"""Where in the user's modules and code something stands: what a refusal names."""
import linecache
import traceback

import torch

# Where a line of code is not the user's; what has no file is generated.
LIBRARIES = ("/torch/", "/evalctl_graph/", "/evalctl_export.py", "<")
# Where it is most often not what the user looks for.
FRAMEWORKS = ("/spikingjelly/", "/einops/", "/timm/")


def own_line(places: list[str]) -> int | None:
    """Which of the places in a stack, outermost first, is the innermost one in the user's code; each begins with its file."""
    own = [at for at, place in enumerate(places) if not any(part in place for part in LIBRARIES)]
    users = [at for at in own if not any(part in places[at] for part in FRAMEWORKS)]
    return (users or own or [None])[-1]


def raised_by(error) -> str:
    """The line of the user's code from which an error came, and the module that it belongs to."""
    frames = list(traceback.walk_tb(error.__traceback__))
    at = own_line([frame.f_code.co_filename for frame, _ in frames])
    if at is None:
        return ""
    frame, line = frames[at]
    name, owner = frame.f_code.co_filename, frame.f_locals.get("self")
    module = "" if owner is None else f"\n  module    {type(owner).__name__}"
    source = linecache.getline(name, line).strip()
    return f"{module}\n  source    File \"{name}\", line {line}, in {frame.f_code.co_name} {source}"


def module_path(node, prefix: str) -> str:
    """The module in which a traced operator stands; empty for the whole."""
    stack = node.meta.get("nn_module_stack") or {}
    path = list(stack.values())[-1][0] if stack else ""
    return path.removeprefix("L['self'].").removeprefix("L['self']").removeprefix(prefix)


def place(node, path: str, module: torch.nn.Module | None, whole: torch.nn.Module) -> str:
    """Module and line of a traced operator, in words."""
    stack = node.meta.get("nn_module_stack") or {}
    kind = str(list(stack.values())[-1][1]).split(".")[-1].strip("'>") if stack else type(whole).__name__
    lines = [line.strip() for line in (node.meta.get("stack_trace") or "").strip().split("\n") if line.strip()]
    frames = [index for index, line in enumerate(lines) if line.startswith("File ")]
    at = own_line([lines[index].split('"')[1] for index in frames])
    source = definition(whole if module is None else module) if at is None else " ".join(lines[frames[at]:frames[at] + 2])
    return f"  module    {path or '(the whole)'} ({kind})\n  source    {source}"


def definition(module: torch.nn.Module) -> str:
    """Where a module's class says what it computes: layers side by side in a container of PyTorch's have no line of the user's that calls them."""
    code = getattr(type(module).forward, "__code__", None)
    if code is None:
        return f"no line of the module's own; its class is {type(module).__module__}.{type(module).__qualname__}"
    return f"File \"{code.co_filename}\", line {code.co_firstlineno}, the definition of {type(module).__qualname__}.{code.co_name}"
