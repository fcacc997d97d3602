"""The exporter on modules as people write them: each description has to be the module's function, or a refusal that says why."""
import json
import logging
import pathlib
import subprocess
import sys
import tempfile
import unittest
import warnings

import jsonschema
import torch
from safetensors import safe_open

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent.parent
GOLDEN = ROOT / "Tests/Fixtures/golden/export"
SCHEMA = jsonschema.Draft202012Validator(json.loads((ROOT / "docs/network.schema.json").read_text()))
sys.path.insert(0, str(HERE.parent))

import evalctl_export  # noqa: E402
from evalctl_graph import loading, probe  # noqa: E402
from evalctl_graph.failure import ExportError  # noqa: E402
from evalctl_graph.reference import evaluated  # noqa: E402

# What a description may leave out; a neuron's kind says which of its fields it needs.
OPTIONAL = {
    "convolution": {"bias", "stride", "padding", "dilation", "groups"}, "linear": {"bias"}, "mix": {"bias"},
    "normalisation": {"axis", "epsilon", "scale"}, "neuron": {"tau", "w", "decay_input", "comparison", "reset_value"},
    "max_pool": {"stride", "padding"}, "average_pool": {"stride", "padding"}, "mean": {"over"},
}

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
torch.set_num_threads(1)


def exported(name: str, size: int, steps: int = 4, file: str = "networks"):
    """The description and tensors of a network in networks.py or modules.py, which the exporter itself held to the module."""
    torch.manual_seed(0)
    return evalctl_export.exported(loading.module(f"{HERE}/{file}.py:{name}"), steps, size)


class GoldenNetwork(unittest.TestCase):
    """A network whose spikes and logits PyTorch gave elsewhere."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        output = f"{cls.folder.name}/net.safetensors"
        command = [sys.executable, HERE.parent / "evalctl_export.py", f"{GOLDEN}/net_a.py:build", "--checkpoint", GOLDEN / "net_a.pth"]
        cls.outcome = subprocess.run(
            [*map(str, command), "--input-size", "64", "--timesteps", "4", "--output", output], capture_output=True, text=True)
        with safe_open(output, "pt") as file:
            cls.description = json.loads(file.metadata()["network"])
            cls.tensors = {name: file.get_tensor(name) for name in file.keys()}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_program_says_what_it_wrote_and_nothing_else(self):
        self.assertEqual((self.outcome.returncode, self.outcome.stderr), (0, ""))
        self.assertIn("32 nodes, 8 of them neurons", self.outcome.stdout)

    def test_every_spike_and_logit_is_the_golden_one(self):
        with safe_open(GOLDEN / "net_a.expected.safetensors", "pt") as file:
            expected = {name: file.get_tensor(name) for name in file.keys()}
        logits, spikes = evaluated(self.description, self.tensors, expected["input"].double())
        self.assertLessEqual(float((logits - expected["logits"]).abs().max()), 1e-5)
        self.assertEqual({f"spikes/{name}" for name in spikes}, {name for name in expected if name.startswith("spikes/")})
        for name, found in spikes.items():
            self.assertTrue(torch.equal(found.to(torch.uint8), expected[f"spikes/{name}"]), name)

    def test_the_description_is_as_its_schema_says(self):
        SCHEMA.validate(self.description)
        for change in ({"version": 2}, {"output": 3}, {"nodes": []}, {"timesteps": 0}, {"more": 1}):
            self.assertFalse(SCHEMA.is_valid({**self.description, **change}), change)
        for node in self.description["nodes"]:
            for field in node.keys() - OPTIONAL.get(node["op"], set()):
                fewer = [{key: value for key, value in other.items() if other is not node or key != field} for other in self.description["nodes"]]
                self.assertFalse(SCHEMA.is_valid({**self.description, "nodes": fewer}), (node["id"], field))

    def test_the_probe_is_what_the_description_gives(self):
        logits, spikes = evaluated(self.description, self.tensors, self.tensors["probe/input"].double())
        self.assertEqual(list(self.tensors["probe/input"].shape), [2, 3, 64, 64])
        self.assertLessEqual(float((logits - self.tensors["probe/logits"]).abs().max()), 1e-5)
        for name, found in spikes.items():
            self.assertTrue(torch.equal(found.to(torch.uint8), self.tensors[f"probe/spikes/{name}"]), name)

    def test_the_weights_are_the_checkpoints_by_its_names(self):
        own = loading.state_dict(str(GOLDEN / "net_a.pth"))
        used = {name for name in self.tensors if not name.startswith("probe/")}
        self.assertEqual(used, {name for name in own if not name.endswith("num_batches_tracked")})
        self.assertTrue(all(torch.equal(self.tensors[name], own[name]) for name in used))

    def test_a_description_that_is_another_function_is_found_out(self):
        for node in self.description["nodes"]:
            if node["op"] != "neuron":
                continue
            changed = json.loads(json.dumps(self.description))
            next(other for other in changed["nodes"] if other["id"] == node["id"])["threshold"] += 0.05
            recording = probe.Recording(
                self.tensors["probe/input"].double(), {name.removeprefix("probe/spikes/"): value for name, value in self.tensors.items()
                                                       if name.startswith("probe/spikes/")}, None, None)
            with self.assertRaises(ExportError) as caught:
                probe.compared(changed, self.tensors, recording, None)
            self.assertIn(f"spikes of {node['id']} differ", str(caught.exception))

    def test_another_number_of_time_steps_is_another_description(self):
        net = loading.module(f"{GOLDEN}/net_a.py:build")
        self.assertEqual(evalctl_export.exported(net, 2, 32)[0]["timesteps"], 2)


class Exported(unittest.TestCase):
    """The exporter compares each description with the module, neuron by neuron, before it gives it."""

    def operators(self, name, size=16, file="networks"):
        description, tensors, _ = exported(name, size, file=file)
        SCHEMA.validate(description)
        spikes = {name: value for name, value in tensors.items() if name.startswith("probe/spikes/")}
        self.assertEqual(len(spikes), sum(node["op"] == "neuron" for node in description["nodes"]))
        self.assertTrue(all(value.any() and not value.all() for value in spikes.values()), f"{name} has neurons that tell nothing")
        return [node["op"] for node in description["nodes"]], description


class Networks(Exported):
    def test_time_and_batch_folded_by_hand(self):
        self.assertIn("flatten", self.operators("folded")[0])

    def test_images_that_the_module_repeats_and_a_head_behind_the_mean_over_time(self):
        operators, description = self.operators("repeating")
        neuron = next(node for node in description["nodes"] if node["op"] == "neuron")
        self.assertAlmostEqual(neuron["threshold"], 0.9)
        self.assertEqual(neuron["reset_value"], 0)

    def test_single_step_neurons_in_a_loop_are_the_same_nodes_in_each_step(self):
        for name in ("steps", "stacked"):
            self.assertEqual(self.operators(name)[0].count("convolution"), 2)

    def test_a_module_of_one_time_step_is_called_for_each(self):
        self.assertEqual(self.operators("one_step")[0].count("neuron"), 2)

    def test_attention_in_either_order_with_packed_queries_keys_and_values(self):
        for name in ("tokens", "tokens_queries_first"):
            operators, description = self.operators(name)
            product = next(node for node in description["nodes"] if node["op"] == "product")
            self.assertEqual((product["heads"], product["order"], product["scale_exponent"]), (4, "kv_first", -3))

    def test_mixing_along_rows_and_columns_and_factors_of_time(self):
        operators, description = self.operators("mixing")
        self.assertEqual(operators.count("mix"), 2)
        axes = {node["axis"] for node in description["nodes"] if node["op"] in ("mix", "normalisation")}
        self.assertEqual(axes, {"channel", "row", "token", "rows", "columns"})

    def test_ands_complements_gates_and_votes(self):
        operators, _ = self.operators("gates")
        self.assertEqual([operators.count(op) for op in ("and", "iand", "gate", "concatenate", "scale")], [1, 2, 1, 1, 2])

    def test_names_of_old_code(self):
        self.operators("old_code")

    def test_published_networks(self):
        self.operators("sew", 32)
        self.operators("spike_driven_transformer", 32)


class Modules(Exported):
    """The ways in which SpikingJelly's users write modules."""

    def check(self, name, layout, **counts):
        operators, _ = self.operators(name, file="modules")
        self.assertEqual({op: operators.count(op) for op in counts}, counts, name)
        self.assertEqual(exported(name, 16, file="modules")[2]["input_layout"], layout, name)

    def test_layers_of_one_step_mode(self):
        self.check("classifier_of_sequences", "[T, B, 3, S, S]", convolution=2, neuron=4, max_pool=1, average_pool=1, flatten=1, linear=3)
        self.check("classifier_of_images", "[B, 3, S, S]", convolution=2, neuron=4)
        self.check("classifier_of_one_step", "[B, 3, S, S] in each time step", convolution=2, neuron=4)

    def test_loops_over_time(self):
        for name, layout in (
                ("loop_append", "[B, 3, S, S]"), ("loop_time_first", "[T, B, 3, S, S]"), ("loop_time_second", "[B, T, 3, S, S]"),
                ("loop_in_place", "[B, 3, S, S]")):
            self.check(name, layout, convolution=1, neuron=2, linear=2)

    def test_leaks_resets_and_kernels(self):
        _, description = self.operators("leaks", file="modules")
        neurons = [node for node in description["nodes"] if node["op"] == "neuron"]
        self.assertEqual([node["kind"] for node in neurons], ["lif", "plif", "if"])
        self.assertEqual([node["reset"] for node in neurons], ["soft", "soft", "hard"])
        self.assertEqual([node["decay_input"] for node in neurons], [False] * 3)
        self.assertAlmostEqual(neurons[2]["threshold"], 0.9)
        paddings = [node["padding"] for node in description["nodes"] if node["op"] == "convolution"]
        self.assertEqual(paddings, [[1, 1], [1, 1], [1, 2]])

    def test_containers_functions_and_a_convolution_in_two_places(self):
        self.check("containers", "[T, B, 3, S, S]", convolution=5, max_pool=1, sum=1)

    def test_branches_that_join(self):
        self.check("joined", "[T, B, 3, S, S]", iand=1, sum=1, concatenate=1, average_pool=1)

    def test_currents_that_run_through(self):
        self.check("currents", "[T, B, 3, S, S]", neuron=2, sum=1, max_pool=1, average_pool=1)

    def test_attention_of_tokens_and_by_einsteins_sums(self):
        self.check("token_attention", "[B, 3, S, S]", gate=4)
        self.check("einsum", "[T, B, 3, S, S]", product=1, convolution=1)

    def test_normalisations_of_thresholds_and_of_time(self):
        self.operators("normalised", file="modules")


class Styles(Exported):
    """What modules do with shapes that no node of a description does."""

    def check(self, name, **counts):
        operators, description = self.operators(name, file="styles")
        self.assertEqual({op: operators.count(op) for op in counts}, counts, name)
        return description

    def test_spikes_as_the_answer_stand_before_a_linear_map_that_changes_nothing(self):
        description = self.check("tutorial", neuron=2, linear=2)
        self.assertEqual(description["nodes"][-1]["op"], "linear")

    def test_shuffled_channels_shuffle_the_weights_that_read_them(self):
        self.check("shuffled", convolution=5, linear=1, concatenate=1)

    def test_linear_layers_of_patches_are_convolutions(self):
        description = self.check("patches", convolution=2, linear=1)
        self.assertEqual([node["stride"] for node in description["nodes"] if node["op"] == "convolution"], [[2, 4], [2, 2]])

    def test_shortcuts_without_weights_and_flattened_features_of_two_grids(self):
        self.check("without_weights", max_pool=2, sum=2, linear=3, concatenate=0)

    def test_room_that_is_made_for_every_step(self):
        self.check("room", convolution=2, neuron=2, linear=1)


class Shuffles(Exported):
    def test_channels_shuffled_from_unit_to_unit_leave_parts_of_neurons_and_weights_in_another_order(self):
        operators, description = self.operators("units", file="shuffles")
        groups = {node["groups"] for node in description["nodes"] if node["op"] == "convolution"}
        self.assertNotIn("linear", operators[:-1])
        self.assertLessEqual({1, 2, 8}, groups)

    def test_spikes_as_truth_values_and_heads_packed_behind_each_other(self):
        operators, _ = self.operators("truth", file="shuffles")
        self.assertEqual([operators.count(op) for op in ("product", "iand", "convolution", "mean")], [1, 1, 2, 1])

    def test_a_module_that_makes_single_precision_itself_is_exported_in_it(self):
        self.assertEqual(exported("single_precision", 16, file="shuffles")[2]["probe_precision"], "float32")

    def test_a_layer_that_no_line_calls_is_named_by_its_class(self):
        with self.assertRaises(ExportError) as caught:
            exported("container", 16, file="shuffles")
        for part in ("aten.gelu", "4 (GELU)", "activation.py\", line ", "the definition of GELU.forward"):
            self.assertIn(part, str(caught.exception))


class Idioms(Exported):
    """What published code does with borders, stacks, repeats and slices."""

    def test_a_border_of_constants_is_a_border_of_zeros_before_the_constants_are_added(self):
        operators, description = self.operators("reparameterised", file="idioms")
        self.assertEqual([operators.count(op) for op in ("convolution", "neuron", "sum")], [7, 3, 1])
        padded = [node["padding"] for node in description["nodes"] if node["op"] == "convolution" and node["id"].startswith("body.")]
        self.assertEqual(padded, [[1, 1], [0, 0], [0, 0]])

    def test_stacks_repeats_and_slices_leave_no_trace(self):
        operators, _ = self.operators("stacks", file="idioms")
        self.assertEqual([operators.count(op) for op in ("convolution", "neuron", "mean")], [3, 4, 1])

    def test_layers_of_volumes_are_those_of_images_where_windows_hold_one_time_step(self):
        operators, _ = self.operators("volumes", file="idioms")
        self.assertEqual([operators.count(op) for op in ("convolution", "max_pool", "neuron", "mean")], [3, 1, 3, 2])

    def test_refusals_name_what_helps_to_find_them(self):
        for name, *parts in (
                ("helps", "aten.sigmoid", "in helper return torch.sigmoid(x)"), ("feedback", "connections from one time step to another"),
                ("rounds_up", "ceil_mode"), ("last_alone", "some of its time steps alone", "(LastAlone)", "the definition of LastAlone.forward"),
                ("parallel_neurons", "(PSN) are of no kind"), ("gated_neurons", "GatedLIFNode"), ("thresholds", "for each channel")):
            with self.assertRaises(ExportError) as caught:
                exported(name, 16, file="idioms")
            for part in parts:
                self.assertIn(part, str(caught.exception))

    def test_a_function_that_fails_is_said_with_its_line(self):
        with self.assertRaises(ExportError) as caught:
            loading.module(f"{HERE}/idioms.py:fails")
        self.assertIn('return torch.load("nothing.pth")', str(caught.exception))


class States(Exported):
    """What is done with neurons, images of a batch and answers beside computing them."""

    def test_what_changes_nothing_leaves_no_trace(self):
        for name in (
                "ordered_answer", "ordered_mean", "compared", "compiled", "compiled_part", "step_factors", "same_threshold", "reset_at_the_end",
                "emptied_at_the_end"):
            self.assertEqual(self.operators(name, file="states")[0].count("neuron"), 1, name)

    def test_names_of_what_compiles_a_part_are_not_the_networks(self):
        description, tensors, _ = exported("compiled_part", 16, file="states")
        self.assertIn("part._orig_mod.0.weight", tensors)
        self.assertIn("part._orig_mod.0.weight", json.dumps(description))

    def test_what_no_description_says_is_refused_by_name(self):
        for name, *parts in (
                ("centred", "depends on the others of its batch", "Tailed.forward"), ("dropping", "dropped at random", "aten.native_dropout", "F.dropout"),
                ("of_all_spikes", "the same for all of them", "aten.ge"), ("spread", "spreads", "aten.mul"),
                ("falling_threshold", "v_threshold of the neurons sn (IFNode) is set while they run", "in lower sn.v_threshold ="),
                ("halved_potential", "the neurons sn are reset, or their potentials set"), ("reset_between", "the neurons sn are reset, or"),
                ("emptied_between", "the neurons sn are reset, or"), ("mean_potential", "the potentials of the neurons sn are read"),
                ("early_start", "begin with a potential of 0.2"), ("not_finite", "is not finite")):
            with self.assertRaises(ExportError) as caught:
                exported(name, 16, file="states")
            for part in parts:
                self.assertIn(part, str(caught.exception), name)


class Refusals(unittest.TestCase):
    def check(self, name, *parts, steps=4, file="networks"):
        with self.assertRaises(ExportError) as caught:
            exported(name, 16, steps, file)
        for part in parts:
            self.assertIn(part, str(caught.exception))

    def test_an_operator_is_named_with_its_module_and_line(self):
        self.check("softmax", "aten.softmax", "tail (Softmax)", "networks.py", "return x.softmax(2)")
        self.check("relu", "aten.relu", "tail.1 (ReLU)")

    def test_products_of_currents_and_parts_of_time_are_refused(self):
        self.check("squares", "not both spikes", "self.fc(x) * self.fc(x)")
        self.check("of_complements", "aten.matmul", "(1 - x) @ x.transpose(-1, -2)")
        self.check("last_step", "some of the time steps")

    def test_neurons_of_other_kinds_are_refused(self):
        self.check("own_neuron", "Leaky.neuronal_charge")
        self.check("other_neuron", "QIFNode")
        self.check("no_neuron", "no neurons")

    def test_what_modules_do_besides_is_refused_with_its_line(self):
        for name, *parts in (
                ("decides", "cannot be traced", "Decides", "return x if x.sum() > 3 else x * 2"),
                ("interpolates", "aten.upsample_nearest2d", "tail (Interpolates)", "F.interpolate(x.flatten(0, 1)"),
                ("selects", "compared that are no spikes", "aten.gt", "tail (Selects)", "torch.where"),
                ("squeezes", "wider on one side", "F.pad(x, (0, 1, 0, 0))"),
                ("layer_norm", "aten.layer_norm", "tail (LayerNorm)"), ("other_equation", "KLIFNode")):
            self.check(name, "source", *parts, file="modules")

    def test_a_step_that_is_not_written_is_refused(self):
        self.check("missing", "a part is written only", "answers.mean(0)", file="styles")

    def test_a_wrong_number_of_time_steps_is_refused(self):
        self.check("repeating", "not the 5 time steps", steps=5)

    def test_a_checkpoint_that_does_not_fit_is_refused(self):
        net = loading.module(f"{GOLDEN}/net_a.py:build")
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/other.pth"
            torch.save({"state_dict": {"stem.0.weight": torch.zeros(8, 3, 3, 3), "tail": torch.zeros(1)}}, path)
            with self.assertRaises(ExportError) as caught:
                loading.load(net, path)
            self.assertIn("missing", str(caught.exception))
            pathlib.Path(path).write_bytes(b"no checkpoint")
            self.assertRaises(ExportError, loading.load, net, path)
        self.assertRaises(ExportError, loading.module, "nothing.py:build")


if __name__ == "__main__":
    unittest.main(warnings="ignore")
