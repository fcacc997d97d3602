"""The user's module with the user's weights."""
import argparse
import importlib.util
import pathlib
import sys

import torch

from . import clock_driven
from .failure import ExportError
from .places import raised_by

# Where training scripts keep the weights.
KEYS = ("model", "state_dict", "model_state_dict", "model_state", "net", "network")


def module(source: str) -> torch.nn.Module:
    """What FILE.py:FUNCTION gives."""
    path, _, function = source.rpartition(":")
    if not path.endswith(".py") or not function.isidentifier():
        raise ExportError(f"{source} does not name a function as FILE.py:FUNCTION")
    if not pathlib.Path(path).is_file():
        raise ExportError(f"there is no file {path}")
    try:
        import spikingjelly  # noqa: F401
    except ImportError:
        pass
    clock_driven.install()
    sys.path.insert(0, str(pathlib.Path(path).resolve().parent))
    name = f"exported_{pathlib.Path(path).stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    user = importlib.util.module_from_spec(spec)
    sys.modules[name] = user
    _allow_missing_backends()
    try:
        spec.loader.exec_module(user)
        if not hasattr(user, function):
            raise ExportError(f"{path} has no {function}")
        net = getattr(user, function)()
    except ExportError:
        raise
    except Exception as error:
        raise ExportError(f"{source} fails: {type(error).__name__}: {error}{raised_by(error)}") from error
    if not isinstance(net, torch.nn.Module):
        raise ExportError(f"{source} gives a {type(net).__name__}, not a module")
    # What `torch.compile` puts around a module.
    return getattr(net, "_orig_mod", net).eval()


def _allow_missing_backends():
    """Neurons are described, not run on a GPU: `backend='cupy'` is no hindrance where there is none."""
    base = sys.modules.get("spikingjelly.activation_based.base")
    if base is not None and hasattr(base, "check_backend_library"):
        base.check_backend_library = lambda backend: None


def load(net: torch.nn.Module, path: str):
    """Puts a checkpoint's weights into a module."""
    weights = state_dict(path)
    for prefix in ("module.", "_orig_mod."):
        if weights and all(name.startswith(prefix) for name in weights):
            weights = {name[len(prefix):]: value for name, value in weights.items()}
    ignored = ("num_batches_tracked", "total_ops", "total_params")
    weights = {name: value for name, value in weights.items() if not name.endswith(ignored)}
    try:
        missing, unexpected = net.load_state_dict(weights, strict=False)
    except RuntimeError as error:
        raise ExportError(f"{path} does not fit the module: {error}") from error
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise ExportError(f"{path} does not fit the module: {_some('missing', missing)}{_some('unexpected', unexpected)}")


def _some(what: str, names) -> str:
    return f"{len(names)} tensors are {what}, such as {', '.join(names[:3])}. " if names else ""


def state_dict(path: str) -> dict:
    """A checkpoint's weights, wherever in it they are. No code in it is run."""
    if not pathlib.Path(path).is_file():
        raise ExportError(f"there is no file {path}")
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file
        return load_file(path)
    with torch.serialization.safe_globals([argparse.Namespace]):
        try:
            found = torch.load(path, map_location="cpu", weights_only=True)
        except Exception as error:
            raise ExportError(f"{path} is no checkpoint that can be read without running code in it: {error}") from error
    for key in KEYS:
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise ExportError(f"{path} has no state dict, neither as it is nor under {', '.join(KEYS)}")
    return found
