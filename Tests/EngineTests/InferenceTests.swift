import Engine
import Networks
import Testing

@Suite struct InferenceTests {
    private func inference(_ logits: [[Float]]) -> Inference {
        Inference(logits: logits, spikes: [[1, 2], [3, 4]], synapticOperations: [[10, 20]], effectiveOperations: [[9, 18]])
    }

    @Test func `The prediction after each step is the best mean so far`() {
        let result = inference([[3, 0, 1], [0, 1, 3], [0, 9, 0]])
        #expect(result.anytimePredictions == [0, 2, 1])
        #expect(result.meanLogits == [1, 10.0 / 3, 4.0 / 3])
        #expect(result.top(2).map(\.classIndex) == [1, 2])
        #expect(result.totalSpikes == 10)
        #expect(result.totalSynapticOperations == 30)
    }

    @Test func `Of equal logits the lowest class comes first`() {
        #expect(inference([[1, 5, 5, 1, 5]]).top(5).map(\.classIndex) == [1, 2, 4, 0, 3])
        #expect(inference([[2, 2, 2]]).anytimePredictions == [0])
    }

    @Test func `A network of few classes has a short ranking`() {
        #expect(inference([[1, 2]]).top(5).map(\.classIndex) == [1, 0])
    }

    @Test func `A logit that is not a number ranks last`() {
        #expect(inference([[.nan, 1, .nan, -.infinity]]).top(4).map(\.classIndex) == [1, 3, 0, 2])
    }

    @Test func `Pixels are normalised to torchvision's bits`() {
        var planes = Array(repeating: Float(0), count: 6)
        PixelNormalization.imageNet.normalize([0, 128, 255, 255, 1, 77], into: &planes)
        #expect(planes.map(\.bitPattern) == [0xC0078BBD, 0x400FEE1D, 0x3E521B48, 0xC0012A4F, 0x4028F5C3, 0xBEECBF39])
    }
}
