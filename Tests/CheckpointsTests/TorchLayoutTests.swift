import Checkpoints
import Diagnostics
import Networks
import Testing

@Suite("Ways in which torch.save lays out a network")
struct TorchLayoutTests {
    private let network: Network

    init() throws {
        network = try recorded(#"{"family": "plain", "dim": 16, "depths": [1, 1, 1, 1], "alpha": 2, "patch": 1, "image": 8, "classes": 5}"#)
    }

    /// A tensor's elements, different for each tensor and place.
    private func values(_ specification: ParameterSpecification, _ seed: Int) -> [Float] {
        (0..<specification.shape.reduce(1, *)).map { Float(seed) + Float($0) / 1024 }
    }

    private var expected: [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: network.graph.parameterSpecifications.enumerated().map { seed, specification in
                (specification.name, Tensor(shape: specification.shape, values: values(specification, seed)))
            })
    }

    private func rowMajor(_ shape: [Int]) -> [Int] {
        shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    }

    private func columnMajor(_ shape: [Int]) -> [Int] {
        shape.indices.map { shape[..<$0].reduce(1, *) }
    }

    /// Adds the network's state dict, each tensor laid out by `strides`, as the top value.
    private func addStateDictionary(to pickle: inout PickleWriter, _ storages: inout [String: [UInt8]], strides: ([Int]) -> [Int]) {
        pickle.op("}")
        for (seed, specification) in network.graph.parameterSpecifications.enumerated() {
            let shape = specification.shape
            let layout = strides(shape)
            let places = rowMajor(shape)
            var elements = values(specification, seed)
            for (index, value) in values(specification, seed).enumerated() {
                let place = shape.indices.reduce(0) { $0 + index / places[$1] % shape[$1] * layout[$1] }
                elements[place] = value
            }
            pickle.text(specification.name)
            pickle.tensor(key: "\(seed)", count: elements.count, shape: shape, strides: layout)
            pickle.op("s")
            storages["\(seed)"] = elements.flatMap { little($0.bitPattern) }
        }
    }

    private func load(wrappers: [String] = [], weights: String? = nil, strides: ([Int]) -> [Int]) throws -> Checkpoint {
        var pickle = PickleWriter()
        var storages: [String: [UInt8]] = [:]
        if wrappers.isEmpty {
            addStateDictionary(to: &pickle, &storages, strides: strides)
        } else {
            pickle.op("}")
            for wrapper in wrappers {
                pickle.text(wrapper)
                addStateDictionary(to: &pickle, &storages, strides: strides)
                pickle.op("s")
            }
        }
        return try Checkpoint.load(bytes: pickle.checkpoint(storages: storages), name: "x.pth", weights: weights)
    }

    @Test("tensors whose axes are stored in another order are read in their own")
    func strides() throws {
        #expect(try load(strides: rowMajor).parameters.tensors == expected)
        #expect(try load(strides: columnMajor).parameters.tensors == expected)
    }

    @Test(
        "the state dict may be bare or under any name", arguments: ["model", "state_dict", "model_state_dict", "net", "ema", "what ever"])
    func wrappers(_ name: String) throws {
        #expect(try load(wrappers: [name], strides: rowMajor).network.graph == network.graph)
    }

    @Test("'model' and 'state_dict' go before other state dicts, which are named; of others the user chooses")
    func severalStateDictionaries() throws {
        let preferred = try load(wrappers: ["ema", "state_dict"], strides: rowMajor)
        #expect(preferred.network.graph == network.graph)
        #expect(preferred.notices.count == 1)
        #expect(preferred.notices.first?.contains("'state_dict'") == true && preferred.notices.first?.contains("'ema'") == true)
        #expect(
            try load(wrappers: ["state_dict", "model"], strides: rowMajor).notices.first?.hasPrefix("the weights are those under 'model'")
                == true)
        let problem = failure { try load(wrappers: ["net", "net_ema"], strides: rowMajor) }
        #expect(problem?.code == .checkpointMismatch)
        #expect(problem?.message.contains("'net', 'net_ema'") == true)
        #expect(problem?.remedy?.contains("--weights") == true)
        #expect(try load(wrappers: ["net", "net_ema"], weights: "net_ema", strides: rowMajor).network.graph == network.graph)
        let unknown = failure { try load(wrappers: ["net", "net_ema"], weights: "ema", strides: rowMajor) }
        #expect(unknown?.message.contains("there are 'net', 'net_ema'") == true)
    }

    @Test("tensors that all share one storage may not make a small file into a large network")
    func sharedStorage() {
        var pickle = PickleWriter()
        pickle.op("}")
        let largest = network.graph.parameterSpecifications.map { $0.shape.reduce(1, *) }.max() ?? 0
        for specification in network.graph.parameterSpecifications {
            pickle.text(specification.name)
            pickle.tensor(key: "0", count: largest, shape: specification.shape, strides: rowMajor(specification.shape))
            pickle.op("s")
        }
        let file = pickle.checkpoint(storages: ["0": [UInt8](repeating: 0, count: 4 * largest)])
        let problem = failure { try Checkpoint.load(bytes: file, name: "x.pth") }
        #expect(problem?.code == .checkpointMalformed)
        #expect(problem?.message.contains("bytes in all") == true)
    }

    @Test("protocol 4, with frames, short texts and globals on the stack, is read as well")
    func protocolFour() {
        var pickle = PickleWriter()
        pickle.raw([0x80, 4, 0x95] + little(UInt64(40)) + [0x7D, 0x94, 0x28])
        pickle.raw([0x8C, 4] + Array("args".utf8) + [0x94, 0x8C, 8] + Array("argparse".utf8) + [0x94, 0x8C, 9] + Array("Namespace".utf8))
        pickle.raw([0x94, 0x93, 0x94, 0x29, 0x81, 0x94, 0x7D, 0x94, 0x8C, 1] + Array("T".utf8) + [0x94, 0x4B, 6, 0x73, 0x62, 0x75])
        #expect(failure { try Checkpoint.load(bytes: pickle.checkpoint(), name: "x.pth") }?.code == .checkpointMismatch)
    }
}
