import SpikingMLP
import Testing

@Suite struct FloatEngineTests {
    @Test(arguments: GoldenCase.names)
    func `Every spike and logit of a golden network is PyTorch's`(name: String) throws {
        let golden = try GoldenCase(name)
        let input = try golden.expected.tensor("input")
        let trace = try FloatEngine(golden.parameters).trace(input: input, timeSteps: golden.timeSteps)

        let expectedNames = golden.expected.entries.keys.filter { $0.hasPrefix("spikes/") }
        #expect(Set(trace.spikes.map { "spikes/\($0.name)" }) == Set(expectedNames))
        for spikes in trace.spikes {
            let expected = try golden.expected.bytes("spikes/\(spikes.name)")
            #expect(spikes.shape == expected.shape, "\(spikes.name)")
            #expect(firstDifference(spikes, expected.values) == nil)
        }

        let logits = try golden.expected.tensor("logits")
        #expect(trace.logits.shape == logits.shape)
        let largest = zip(trace.logits.values, logits.values).map { abs($0 - $1) }.max() ?? .infinity
        #expect(largest <= 1e-5)
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
