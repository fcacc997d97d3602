import Checkpoints
import Diagnostics
import Engine
import Networks
import Testing

@Suite struct FloatEngineTests {
    @Test(arguments: GoldenCase.names + GoldenCase.zoo)
    func `Every spike and logit of a golden network is PyTorch's`(name: String) throws {
        let golden = try GoldenCase(name)
        let input = try golden.expected.tensor("input")
        let trace = try FloatEngine(golden.parameters).trace(input: input, timeSteps: golden.timeSteps)

        let expectedNames = golden.expected.names.filter { $0.hasPrefix("spikes/") }
        #expect(Set(trace.spikes.map { "spikes/\($0.name)" }) == Set(expectedNames))
        for spikes in trace.spikes {
            #expect(try spikes.shape == golden.expected.shape("spikes/\(spikes.name)"), "\(spikes.name)")
            #expect(try firstDifference(spikes, golden.expected.bytes("spikes/\(spikes.name)")) == nil)
        }

        let logits = try golden.expected.tensor("logits")
        #expect(trace.logits.shape == logits.shape)
        let largest = zip(trace.logits.values, logits.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest <= 1e-5)
    }

    @Test(arguments: GoldenCase.names + GoldenCase.zoo)
    func `Synaptic operations are those counted output by output`(name: String) throws {
        let golden = try GoldenCase(name)
        let workspace = try FloatEngine(golden.parameters).makeWorkspace(timeSteps: golden.timeSteps)
        for image in 0..<2 {
            let inference = try workspace.infer(normalized: golden.input(image: image))
            #expect(!golden.network.activity.layers.isEmpty)
            for (index, layer) in golden.network.activity.layers.enumerated() {
                let naive = (0..<golden.timeSteps).map {
                    NaiveSynapses(network: golden.network, image: image, step: $0, golden: golden.expected)
                }
                #expect(try inference.synapticOperations[index] == naive.map { try $0.count(layer) }, "\(layer.name), image \(image)")
                #expect(
                    try inference.effectiveOperations[index] == naive.map { try $0.countEffective(layer) }, "\(layer.name), image \(image)")
            }
        }
    }

    @Test(arguments: GoldenCase.names + GoldenCase.zoo)
    func `Spike counts and predictions are those of the golden spikes and logits`(name: String) throws {
        let golden = try GoldenCase(name)
        let logits = try golden.expected.tensor("logits")
        let workspace = try FloatEngine(golden.parameters).makeWorkspace(timeSteps: golden.timeSteps)
        for image in 0..<2 {
            let inference = try workspace.infer(normalized: golden.input(image: image))
            for (group, counts) in zip(golden.network.activity.groups, inference.spikes) {
                let values = try golden.expected.bytes("spikes/\(group.name)")
                let expected = (0..<golden.timeSteps).map { step in
                    values[(step * 2 + image) * group.neurons..<(step * 2 + image + 1) * group.neurons].reduce(0) { $0 + Int($1) }
                }
                #expect(counts == expected, "\(group.name), image \(image)")
            }
            var sums = Array(repeating: Float(0), count: logits.shape[2])
            for step in 0..<golden.timeSteps {
                for index in sums.indices { sums[index] += logits.values[(step * 2 + image) * sums.count + index] }
                #expect(inference.anytimePredictions[step] == sums.firstIndex(of: sums.max() ?? 0))
            }
        }
    }

    @Test func `A run of fewer time steps is the beginning of a longer one`() throws {
        let golden = try GoldenCase("spe-tiny")
        let engine = try FloatEngine(golden.parameters)
        let long = try engine.makeWorkspace(timeSteps: 7).infer(normalized: golden.input(image: 0))
        for steps in 1...3 {
            let short = try engine.makeWorkspace(timeSteps: steps).infer(normalized: golden.input(image: 0))
            #expect(short.logits == Array(long.logits.prefix(steps)))
            #expect(short.spikes == long.spikes.map { Array($0.prefix(steps)) })
            #expect(short.anytimePredictions == Array(long.anytimePredictions.prefix(steps)))
            #expect(short.top(1).first?.classIndex == short.anytimePredictions.last)
        }
    }

    @Test(arguments: GoldenCase.names)
    func `Threads sharing an engine give the same bits, whatever images came before`(name: String) async throws {
        let golden = try GoldenCase(name)
        let engine = try FloatEngine(golden.parameters)
        let size = golden.network.inputSize
        let images = (0..<6).map { TestImage.pixels(size: size, seed: UInt64($0)) }
        let fresh = try images.map { try engine.makeWorkspace(timeSteps: 4).infer(pixels: $0) }
        #expect(Set(fresh).count > 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for offset in 0..<4 {
                group.addTask {
                    let workspace = try engine.makeWorkspace(timeSteps: 4)
                    for index in images.indices {
                        let image = (index * 5 + offset) % images.count
                        #expect(try workspace.infer(pixels: images[image]) == fresh[image])
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `What does not fit the network is refused`() throws {
        let golden = try GoldenCase("spe-t6")
        let engine = try FloatEngine(golden.parameters)
        let refusals: [() throws -> Any] = [
            { try engine.makeWorkspace(timeSteps: 0) },
            { try engine.makeWorkspace(timeSteps: 257) },
            { try engine.makeWorkspace(timeSteps: 1).infer(pixels: [1, 2, 3]) },
            { try engine.makeWorkspace(timeSteps: 1).infer(normalized: []) },
            { try engine.trace(input: Tensor(shape: [3, 32, 32], values: Array(repeating: 0, count: 3072)), timeSteps: 1) },
            { try engine.trace(input: Tensor(shape: [0, 3, 32, 32], values: []), timeSteps: 1) },
        ]
        for refusal in refusals {
            let failure = #expect(throws: Failure.self) { try refusal() }
            #expect(failure?.code == .unfitInput)
        }
    }

    @Test(arguments: [Float.nan, .infinity, -1])
    func `Weights that cannot be computed with are refused by name`(value: Float) throws {
        var parameters = try GoldenCase("spe-t6").parameters
        parameters.tensors["batch_norm.running_var"]?.values[3] = value
        let bad = parameters
        let failure = #expect(throws: Failure.self) { try FloatEngine(bad) }
        #expect(failure?.code == .unusableParameters)
        #expect(failure?.message.contains("batch_norm.running_var") == true)

        parameters.tensors["batch_norm.running_var"] = nil
        let incomplete = parameters
        #expect(throws: Failure.self) { try FloatEngine(incomplete) }
    }

    /// Where two recordings of a group part first, in words.
    private func firstDifference(_ spikes: Trace.Spikes, _ expected: [UInt8]) -> String? {
        guard let place = zip(spikes.values, expected).enumerated().first(where: { $0.element.0 != $0.element.1 }) else { return nil }
        var rest = place.offset
        var indices: [Int] = []
        for extent in spikes.shape.reversed() {
            indices.insert(rest % extent, at: 0)
            rest /= extent
        }
        let count = zip(spikes.values, expected).count { $0 != $1 }
        return
            "\(spikes.name): \(count) spikes differ, the first at step \(indices[0]), image \(indices[1]), index \(Array(indices.dropFirst(2)))"
            + ": \(place.element.0) instead of \(place.element.1)"
    }
}
