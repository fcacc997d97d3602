import Load
import Testing

@Suite struct GrowthTests {
    private func measurement(images: Int, shardSize: Int, seconds: Double) -> PipelineMeasurement {
        var measured = PipelineMeasurement(engine: "none", images: images, shardSize: shardSize, workers: 4)
        measured.seconds = seconds
        return measured
    }

    @Test func `what takes ten times as long for ten times the images is linear, a hundred times as long quadratic`() {
        let growths = Growth.of([
            measurement(images: 1000, shardSize: 10, seconds: 1), measurement(images: 10_000, shardSize: 10, seconds: 10),
            measurement(images: 100_000, shardSize: 10, seconds: 1000),
        ]).filter { $0.what == "run seconds by images" }
        #expect(growths.map { ($0.exponent * 1000).rounded() / 1000 } == [1, 2])
    }

    @Test func `shards are compared at the same number of images, and images at the same shard size`() {
        let growths = Growth.of([
            measurement(images: 10_000, shardSize: 10, seconds: 1), measurement(images: 1000, shardSize: 100, seconds: 1),
            measurement(images: 1000, shardSize: 10, seconds: 2),
        ]).filter { $0.what.hasPrefix("run seconds") }
        #expect(growths.map(\.what) == ["run seconds by shards"])
        #expect(growths.first?.from == 10)
        #expect(growths.first?.to == 100)
    }

    @Test func `next to nothing does not grow`() {
        #expect(Growth("x", from: 1, to: 10, measured: (0, 0.01), floor: 0.05).exponent == 0)
    }
}
