import Diagnostics
import Networks
import Testing

struct HostileDescriptionTests {
    private let shapes = TensorShapes([
        "conv.weight": [4, 3, 3, 3], "fc.weight": [2, 4], "fc.bias": [2], "norm": [4], "w": [], "mix": [8, 8], "wide": [1 << 20, 3, 1, 1],
    ])

    /// A description around the nodes between the image and the output, which reads `s`.
    private func description(_ nodes: String, size: String = "8") -> String {
        """
        {"version": 1, "input": {"channels": 3, "size": \(size)}, "timesteps": 4, "nodes": [
        {"id": "image", "op": "image", "inputs": []}, \(nodes),
        {"id": "mean", "op": "mean", "inputs": ["s"]},
        {"id": "fc", "op": "linear", "inputs": ["mean"], "weight": "fc.weight", "bias": "fc.bias"}], "output": "fc"}
        """
    }

    private let convolution = #"{"id": "c", "op": "convolution", "inputs": ["image"], "weight": "conv.weight", "padding": [1, 1]}"#
    private let neuron = #"{"id": "s", "op": "neuron", "inputs": ["c"], "kind": "if", "threshold": 1, "reset": "hard"}"#

    private func network(_ json: String) throws(Failure) -> Network {
        try Network(NetworkDescription(reading: Array(json.utf8), shapes: shapes, name: "n.json").graph)
    }

    @Test
    func `The description that the others are broken from is one`() throws {
        let network = try network(description("\(convolution), \(neuron)"))
        #expect(network.activity.groups.map(\.shape) == [[4, 8, 8]])
        #expect(network.graph.parameterSpecifications.map(\.name) == ["conv.weight", "fc.weight", "fc.bias"])
    }

    @Test
    func `A mean times the number of positions is a sum`() throws {
        let nodes = """
            \(convolution), {"id": "a", "op": "neuron", "inputs": ["c"], "kind": "if", "threshold": 1, "reset": "hard"},
            {"id": "m", "op": "mean", "inputs": ["a"]}, {"id": "t", "op": "scale", "inputs": ["m"], "factor": FACTOR},
            {"id": "s", "op": "neuron", "inputs": ["t"], "kind": "if", "threshold": 1, "reset": "soft"}
            """
        let sum = try network(description(nodes.replacing("FACTOR", with: "64")))
        #expect(sum.graph.nodes.first { $0.name == "t" }?.operation == .total)
        #expect(!sum.graph.nodes.contains { $0.name == "m" })
        let half = try network(description(nodes.replacing("FACTOR", with: "32")))
        #expect(half.graph.nodes.first { $0.name == "t" }?.operation == .scale(32))
    }

    @Test(arguments: [
        ("", "expected a value"), ("[]", "the description is no object"), ("{}", "'version' is missing"), ("nul", "expected a value"),
        (#"{"version": 2}"#, "its version is not 1"), (#"{"version": 1, "version": 1}"#, "a key twice"),
        (#"{"version": 01}"#, "expected a value"), (#"{"version": 1e999}"#, "expected a value"),
        (#"{"version": 1, "input": {"channels": 1, "size": 8}}"#, "images have 3 channels"),
        (#"{"version": 1, "input": {"channels": 3, "size": 100000}}"#, "'size' has to be a whole number from 1 to 4096"),
        (#"{"version": 1, "input": {"channels": 3, "size": 8, "color": "RGB"}}"#, "its input: it has an unknown field 'color'"),
        (#"{"version": 1, "input": {"channels": 3, "size": 8}, "nodes": [], "output": "x"}"#, "a list of 2 to"),
    ])
    func `What is no description says so`(json: String, complaint: String) {
        expect(json, complaint)
    }

    @Test
    func `JSON that nests or repeats without end is refused`() {
        expect(String(repeating: "[", count: 100_000), "nests too deeply")
        expect("[" + String(repeating: "0,", count: 2_000_000) + "0]", "too many values")
        expect(#"{"a":"# + String(repeating: "9", count: 10_000) + "}", "expected")
    }

    @Test(arguments: [
        (#"{"id": "s", "op": "relu", "inputs": ["c"]}"#, "node 's': 'op' has to be one of image, convolution"),
        (#"{"id": "s", "op": "sum", "inputs": ["c", "x"]}"#, "node 's' reads 'x', which is not there"),
        (#"{"id": "c", "op": "sum", "inputs": ["c"]}"#, "two nodes have the id 'c'"),
        (#"{"id": "s", "op": "sum", "inputs": ["c", "s"]}"#, "in a circle, 's' among them"),
        (#"{"id": "s", "op": "sum", "inputs": ["c", "mean"]}"#, "in a circle"),
        (#"{"id": "s", "op": "sum", "inputs": ["c"]}, {"id": "z", "op": "sum", "inputs": ["c"]}"#, "does not depend on node 'z'"),
        (#"{"id": "s", "op": "sum", "inputs": "c"}"#, "'inputs' has to be a list"),
        (#"{"id": "s", "op": "neuron", "inputs": ["s"], "kind": "if", "threshold": 1, "reset": "hard"}"#, "in a circle, 's' among them"),
        (#"{"id": "s", "op": "sum", "inputs": []}, {"id": "t", "op": "sum", "inputs": ["c", "s"]}"#, "does not depend on node"),
        (#"{"id": "", "op": "sum", "inputs": ["c"]}"#, "node 2: 'id' has to be a text"),
        (#"{"id": "s", "op": "neuron", "inputs": ["c"], "kind": "lif", "threshold": 1, "reset": "hard"}"#, "'tau' is missing"),
        (#"{"id": "s", "op": "neuron", "inputs": ["c"], "kind": "if", "threshold": 1, "reset": "hard", "taw": 2}"#, "unknown field 'taw'"),
        (#"{"id": "s", "op": "neuron", "inputs": ["c"], "kind": "if", "threshold": 1, "reset": "soft", "reset_value": 1}"#, "soft reset"),
        (#"{"id": "s", "op": "max_pool", "inputs": ["c"], "kernel": [2]}"#, "[rows, columns]"),
        (#"{"id": "s", "op": "max_pool", "inputs": ["c"], "kernel": [2, 2.5]}"#, "a whole number"),
        (#"{"id": "s", "op": "product", "inputs": ["c"], "heads": 1, "scale_exponent": 0, "order": "softmax"}"#, "one of kv_first"),
    ])
    func `A node that cannot be is named with the cause`(node: String, complaint: String) {
        expect(description("\(convolution), \(node)"), complaint)
    }

    @Test(arguments: [
        (#"{"id": "s", "op": "neuron", "inputs": ["c"], "kind": "if", "threshold": 0, "reset": "hard"}"#, "above 0"),
        (
            #"{"id": "s", "op": "neuron", "inputs": ["c"], "kind": "lif", "tau": 0.5, "decay_input": true, "threshold": 1, "reset": "hard"}"#,
            "at least 1"
        ),
        (#"{"id": "s", "op": "max_pool", "inputs": ["c"], "kernel": [9, 9]}"#, "does not fit a grid of 8"),
        (#"{"id": "s", "op": "max_pool", "inputs": ["c"], "kernel": [0, 0]}"#, "out of bounds"),
        (#"{"id": "s", "op": "max_pool", "inputs": ["c"], "kernel": [2, 2], "stride": [0, 0]}"#, "out of bounds"),
        (#"{"id": "s", "op": "mix", "inputs": ["c"], "axis": "rows", "weight": "none"}"#, "there is no tensor 'none'"),
        (#"{"id": "s", "op": "mix", "inputs": ["c"], "axis": "rows", "weight": "norm"}"#, "[8, 8] is needed"),
        (#"{"id": "s", "op": "and", "inputs": ["c", "c"]}"#, "it takes spikes"),
        (#"{"id": "s", "op": "product", "inputs": ["c", "c", "c"], "heads": 1, "scale_exponent": 0}"#, "three times spikes"),
        (#"{"id": "s", "op": "linear", "inputs": ["c"], "weight": "w"}"#, "[outputs, inputs]"),
        (
            #"{"id": "s", "op": "convolution", "inputs": ["image"], "weight": "wide"}, {"id": "q", "op": "sum", "inputs": ["c", "s"]}"#,
            "does not depend on node"
        ),
        (
            #"{"id": "s", "op": "scale", "inputs": ["c"], "factor": 1e308}, {"id": "u", "op": "scale", "inputs": ["s", "c"], "factor": 1}"#,
            "does not depend on node 'u'"
        ),
        (#"{"id": "s", "op": "image", "inputs": []}"#, "does not depend on node"),
    ])
    func `A node that does not fit what it reads is named with the cause`(node: String, complaint: String) {
        expect(description("\(convolution), \(node)"), complaint)
    }

    @Test(arguments: [("sum", 1100, 1), ("neuron", 4200, 0)])
    func `Nodes behind each other are bounded, for what is computed by walking along them`(operation: String, count: Int, more: Int) {
        let fields = operation == "neuron" ? #""kind": "if", "threshold": 1, "reset": "hard","# : ""
        let chain = (0..<count).map { index in
            let inputs = "\"\(index == 0 ? "c" : "x\(index - 1)")\"" + (more == 0 ? "" : ", \"c\"")
            return "{\"id\": \"\(index == count - 1 ? "s" : "x\(index)")\", \"op\": \"\(operation)\", \(fields) \"inputs\": [\(inputs)]}"
        }
        expect(description(([convolution] + chain).joined(separator: ", ")), "nodes stand behind each other up to it")
    }

    @Test
    func `A cause is said once`() {
        let failure = #expect(throws: Failure.self) { try network("[]") }
        #expect(failure.map { "\($0)".ranges(of: "is no object").count } == 1)
    }

    @Test
    func `Memory is bounded before anything is allocated`() {
        expect(
            description(#"{"id": "s", "op": "convolution", "inputs": ["image"], "weight": "wide"}"#, size: "4096"), "beyond the limits")
    }

    private func expect(_ json: String, _ complaint: String) {
        do {
            _ = try network(json)
            Issue.record("it was read")
        } catch {
            #expect(error.message.contains(complaint), "\(error.message)")
            #expect(error.code == .invalidNetwork || error.message.hasPrefix("n.json: "))
        }
    }
}
