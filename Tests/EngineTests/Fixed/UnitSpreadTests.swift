import Engine
import Networks
import Testing

/// What is said of units where one channel is far beyond all others.
@Suite struct UnitSpreadTests {
    private func summary(_ engine: String, _ change: (inout Parameters) -> Void = { _ in }) throws -> UnitSummary {
        var parameters = try DemoNetwork.parameters()
        change(&parameters)
        return UnitSummary(try #require(try Engines.make(engine, parameters: parameters) as? FixedEngine).unitSpread)
    }

    @Test(arguments: ["fixed32", "fixed16"])
    func `The demo loses no bits, and a channel's outlier is named with what it costs`(engine: String) throws {
        #expect(try summary(engine).warnings.isEmpty)
        let warned = try summary(engine) { $0.tensors["token_mix.1.fuse.1.weight"]?.values[3] *= 1e5 }
        #expect(warned.warnings.contains { $0.contains("channel 3 ") && $0.hasPrefix("token_mix.1") }, "\(warned.warnings)")
    }

    @Test func `Channels that lost a byte beside most are losers, and the spread says how far units lie apart`() {
        let spread = UnitSpread(node: "sum", exponents: [20, 21, 20, 12, 20, 13], scale: 1)
        #expect(spread.usual == 20)
        #expect(spread.losers == [3])
        let summary = UnitSummary([spread])
        #expect(summary.spread == "1 is 2^12 to 2^21 units in 1 currents")
        #expect(summary.warnings == ["sum: an outlier costs channel 3 up to 8 bits beside most channels"])
    }
}
