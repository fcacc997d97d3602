#!/usr/bin/env python3
"""Makes a network description of a PyTorch module with SpikingJelly neurons: see docs/networks.md."""
import argparse
import json
import logging
import sys
import warnings

import torch
from safetensors.torch import save_file

from evalctl_graph import description, loading, probe
from evalctl_graph.failure import ExportError, Untraceable
from evalctl_graph.mapping import Mapping
from evalctl_graph.tracing import LAYOUTS, traced


def mapped(net, steps: int, size: int):
    """The module's graph, by the first way of giving it an image that works."""
    failures = []
    for layout in LAYOUTS:
        progress = [0]
        try:
            program = traced(net, layout, steps, size)
            return Mapping(program, net, layout, steps, size, progress), program, layout
        except ExportError as error:
            failures.append(((progress[0], not isinstance(error, Untraceable)), layout, error))
    _, layout, error = max(failures, key=lambda failure: failure[0])
    raise ExportError(f"{error}\n  input     {layout.name}")


def exported(net, steps: int, size: int):
    """The description, its tensors with the probe's, and the file's metadata."""
    try:
        return described(net.double(), torch.float64, steps, size)
    except ExportError as failure:
        # A module that makes numbers of single precision itself cannot run in double precision.
        try:
            return described(net.float(), torch.float32, steps, size)
        except ExportError:
            raise failure from None


def described(net, dtype, steps: int, size: int):
    mapping, program, layout = mapped(net, steps, size)
    text, tensors, ids = description.written(mapping.graph, mapping.output.node, steps, size, net.state_dict())
    recording = probe.recorded(mapping, program, net, layout, steps, ids, dtype)
    tensors.update(probe.compared(text, tensors, recording, mapping.over_time))
    return text, tensors, description.metadata(torch.__version__, str(dtype).removeprefix("torch."), layout.name)


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Makes a network description, which evalctl evaluates, of a PyTorch module with SpikingJelly neurons.")
    parser.add_argument("module", metavar="FILE.py:FUNCTION", help="a function without arguments that gives the module")
    parser.add_argument("--checkpoint", help="a .pth or .safetensors file with the weights; default: those the function gives")
    parser.add_argument("--input-size", type=int, required=True, metavar="S", help="side of the images, in pixels")
    parser.add_argument("--timesteps", type=int, required=True, metavar="T", help="time steps that the module runs for")
    parser.add_argument("--output", required=True, metavar="NET.safetensors", help="the file to write")
    options = parser.parse_args()
    # PyTorch tells of its own trying; what matters ends in an error of this program.
    logging.disable(logging.CRITICAL)
    warnings.filterwarnings("ignore")
    try:
        if options.input_size < 1 or options.timesteps < 1:
            raise ExportError("--input-size and --timesteps take whole numbers above 0")
        net = loading.module(options.module)
        if options.checkpoint:
            loading.load(net, options.checkpoint)
        text, tensors, metadata = exported(net, options.timesteps, options.input_size)
        save_file(tensors, options.output, {**metadata, "network": json.dumps(text)})
    except (ExportError, OSError) as error:
        print(f"evalctl_export: {error}", file=sys.stderr)
        return 1
    kinds = [node["op"] for node in text["nodes"]]
    silent = [name for name, value in tensors.items() if name.startswith("probe/spikes/") and not value.any()]
    print(f"wrote {options.output}: {len(kinds)} nodes, {kinds.count('neuron')} of them neurons; the probe's spikes are the module's own")
    if silent:
        print(f"note: {len(silent)} of the neurons are silent on both images of the probe", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
