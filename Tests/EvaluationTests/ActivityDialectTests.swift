import Evaluation
import Testing

@Suite struct ActivityDialectTests {
    /// A network of three layers, four time steps: a convolution of which a tenth of the weights is 0, one at whose edges 20 of 120 products
    /// lie in the padding, and a head that reads means over 4 positions, a third of which are 0.
    static let workload = NetworkWorkload(
        timeSteps: 4, input: .init(operations: 1000, weights: 40, zeroWeights: 10),
        layers: [
            .init(
                name: "a", denseOperations: 200, moduleOperations: 200, products: 200, synapticOperations: 80, effectiveOperations: 80,
                inputs: .spikes, weights: 50, zeroWeights: 5),
            .init(
                name: "b", denseOperations: 100, moduleOperations: 120, products: 100, synapticOperations: 40, effectiveOperations: 40,
                inputs: .spikes, weights: 20, zeroWeights: 0),
            .init(
                name: "head", denseOperations: 48, moduleOperations: 12, products: 12, synapticOperations: 60, effectiveOperations: 32,
                inputs: .counts, weights: 12, zeroWeights: 0),
        ], neurons: 100, spikes: 60, stateBytes: 5000)
    static let costs = EnergyCosts(name: "45nm-float32", ac: 0.9, mac: 4.6)

    private func values(_ dialect: ActivityDialect) -> [String: (value: Double, ours: Double?)] {
        Dictionary(uniqueKeysWithValues: Self.workload.figures(in: dialect, costs: Self.costs).map { ($0.name, ($0.value, $0.ours)) })
    }

    private func near(_ found: Double?, _ wanted: Double) -> Bool { found.map { abs($0 - wanted) <= 1e-9 * max(abs(wanted), 1) } ?? false }

    @Test func `NeuroBench's harness counts effective operations, zeros left out, and every module in every time step`() throws {
        let figures = values(.neurobench)
        #expect(near(figures["Footprint"]?.value, 5000))
        #expect(near(figures["ConnectionSparsity"]?.value, 0.123))  // 15 of 122 weights
        #expect(near(figures["ActivationSparsity"]?.value, 0.85))
        #expect(near(figures["ActivationSparsity"]?.ours, 0.15))
        #expect(near(figures["Effective_ACs"]?.value, 80 * 0.9 + 40))
        #expect(near(figures["Effective_ACs"]?.ours, 180))
        #expect(near(figures["Effective_MACs"]?.value, 1000 * 0.75 * 4 + 32))
        #expect(near(figures["Effective_MACs"]?.ours, 1000))
        #expect(near(figures["Dense"]?.value, (1000 + 200 + 100 + 12) * 4))
        #expect(near(figures["Dense"]?.ours, (200 + 100 + 48) * 4))
    }

    @Test(arguments: [25.0, nil])
    func `a layer that reads sums of spikes multiplies as often as sums are not 0, at most as often as spikes arrive`(effective: Double?) {
        var workload = Self.workload
        // Two spikes may meet in an input: 60 products without padding, of which all spikes make 30.
        workload.layers.append(
            .init(
                name: "c", denseOperations: 120, moduleOperations: 70, products: 60, synapticOperations: 30,
                effectiveOperations: effective, inputs: .counts, weights: 20, zeroWeights: 10))
        let figures = Dictionary(
            uniqueKeysWithValues: (workload.figures(in: .neurobench, costs: Self.costs)
                + workload.figures(in: .spikingjelly, costs: Self.costs))
                .map { ($0.name, $0.value) })
        #expect(near(figures["Effective_ACs"], 80 * 0.9 + 40))
        #expect(near(figures["Effective_MACs"], 1000 * 0.75 * 4 + 32 + (effective ?? 30) * 0.5))
        #expect(near(figures["Dense"], (1000 + 200 + 100 + 12 + 60) * 4))
        #expect(near(figures["SynOps"], 120))
    }

    @Test func `what stands behind a normalisation is never 0`() {
        var workload = Self.workload
        workload.layers[2].inputs = .currents
        let figures = workload.figures(in: .neurobench, costs: Self.costs)
        #expect(near(figures.first { $0.name == "Effective_MACs" }?.value, (1000 * 0.75 + 12) * 4))
    }

    @Test func `SpikingJelly counts what reads zeros and ones`() throws {
        let figures = values(.spikingjelly)
        #expect(figures.count == 1)
        #expect(near(figures["SynOps"]?.value, 120))
        #expect(near(figures["SynOps"]?.ours, 180))
    }

    @Test func `papers multiply rates by FLOPs, and count the first layer in every time step`() throws {
        let figures = values(.paper)
        #expect(near(figures["MACs"]?.value, 4000))
        #expect(near(figures["ACs"]?.value, 80 + 48 + 15))
        let energy = try #require(figures["energy in mJ"])
        let (field, ours): (Double, Double) = ((4000 * 4.6 + 143 * 0.9) / 1e9, (1000 * 4.6 + 180 * 0.9) / 1e9)
        let own = try #require(energy.ours)
        #expect(abs(energy.value - field) < 1e-15)
        #expect(abs(own - ours) < 1e-15)
    }

    @Test(arguments: ActivityDialect.allCases)
    func `every figure says in a sentence what it differs in, and a network of nothing has none that cannot be printed`(
        dialect: ActivityDialect
    ) {
        for figure in Self.workload.figures(in: dialect, costs: Self.costs) { #expect(figure.difference.hasSuffix(".")) }
        let empty = NetworkWorkload(
            timeSteps: 4, input: .init(operations: 0, weights: 0, zeroWeights: 0), layers: [], neurons: 0, spikes: 0, stateBytes: 0)
        for figure in empty.figures(in: dialect, costs: Self.costs) { #expect(figure.value.isFinite) }
    }
}
