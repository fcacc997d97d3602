import Audit
import Engine
import Evaluation
import Networks
import SpikeKernels
import Testing

@Suite struct EngineAuditTests {
    private func audit(_ engine: any InferenceEngine, images: Int = 2, timeSteps: Int = 3) throws -> Certificate {
        try EngineAudit(
            engine: engine, timeSteps: timeSteps, images: GeneratedImages.make(count: images, size: engine.network.inputSize),
            imageSource: "generated"
        ).run(modelSHA256: "ab", version: "test", costs: EnergyCosts.published)
    }

    /// Spikes and synaptic operations of the images of ``audit(_:images:timeSteps:)``, summed up over images and time steps.
    private func activity(_ engine: any InferenceEngine, images: Int = 2, timeSteps: Int = 3) throws -> (spikes: Int, synops: [Int]) {
        let workspace = try engine.makeWorkspace(timeSteps: timeSteps)
        var spikes = 0
        var synops = Array(repeating: 0, count: engine.network.activity.layers.count)
        for image in GeneratedImages.make(count: images, size: engine.network.inputSize) {
            let inference = try workspace.infer(pixels: image)
            spikes += inference.totalSpikes
            for (layer, counts) in inference.synapticOperations.enumerated() { synops[layer] += counts.reduce(0, +) }
        }
        return (spikes, synops)
    }

    @Test(arguments: AuditedNetworks.golden + ["demo"], Precision.allCases)
    func `a fixed-point engine multiplies nothing after the first convolution, and gives what was counted`(
        network: String, precision: Precision
    ) throws {
        let engine = try AuditedNetworks.engine(network, precision)
        #expect(try activity(engine).spikes > 1000)
        let certificate = try audit(engine)
        #expect(certificate.grade == .strict)
        #expect(certificate.equalToEngine == true)
        #expect(certificate.difference == nil)
        #expect(certificate.spikePath.multiplications == 0)
        #expect(certificate.spikePath.additions > 0)
        #expect(certificate.spikePath.shifts > 0)
        #expect(certificate.inputLayer.multiplications == 2 * engine.network.activity.inputOperations)
        #expect(certificate.multiplied.map(\.cause) == ["first convolution"])
    }

    @Test(arguments: AuditedNetworks.golden + ["demo"], Precision.allCases)
    func `additions because of spikes are the engine's synaptic operations, layer by layer`(network: String, precision: Precision) throws {
        let engine = try AuditedNetworks.engine(network, precision)
        let synops = try activity(engine).synops
        let layers = try audit(engine).layers
        #expect(
            layers.map(\.name) == ["to_patch_embedding.0.0"] + engine.network.activity.layers.map(\.name) + [
                "neurons", "pooling", "listing",
            ])
        for (index, layer) in layers.dropFirst().prefix(synops.count).enumerated() {
            #expect(layer.synapticOperations == synops[index], "\(layer.name)")
            if layer.part == "head" {
                // A row is added once for each binary digit of its channel's number of spikes.
                #expect(layer.synapticAdditions <= synops[index] && layer.synapticAdditions % engine.network.classes == 0)
                #expect(layer.synapticAdditions > 0)
            } else if layer.name.contains(".node1_node2.") || layer.name.contains(".node2_node3.") {
                // Their rows are as wide as the concatenation that they add to, with zeros beside their own outputs.
                #expect(layer.synapticAdditions >= synops[index], "\(layer.name)")
            } else {
                #expect(layer.synapticAdditions == synops[index], "\(layer.name)")
            }
        }
    }

    @Test(arguments: Precision.allCases)
    func `what a layer adds besides is one potential for each neuron and step, and what else reaches it`(precision: Precision) throws {
        let engine = try AuditedNetworks.engine("demo", precision)
        let frames = 2 * 3
        for layer in try audit(engine).layers {
            let others = layer.operations.additions + layer.operations.subtractions - layer.synapticAdditions
            guard let synapse = engine.network.activity.layers.first(where: { $0.name == layer.name }) else { continue }
            let outputs = engine.network.features[synapse.node].neurons * frames
            switch synapse.connections {
            case .mixing:
                #expect(others == outputs, "\(layer.name)")
                #expect(layer.operations.shifts == others, "\(layer.name)")
            case .convolution where layer.name.hasSuffix(".fuse.0"):
                #expect(others == 2 * outputs, "\(layer.name)")
            default:
                break
            }
        }
    }

    @Test func `weights of few bits are audited as well`() throws {
        let certificate = try audit(AuditedNetworks.engine("demo", .fixed16, weightBits: 8), images: 1)
        #expect(certificate.engine == "fixed16-w8")
        #expect(certificate.grade == .strict)
    }

    @Test(arguments: AuditedNetworks.zoo.indices, Precision.allCases)
    func `a network of another family multiplies in the layers on currents alone, as often as its graph says`(
        index: Int, precision: Precision
    ) throws {
        let (name, network) = AuditedNetworks.zoo[index]
        let engine = try FixedEngine(
            AuditedNetworks.parameters(zoo: name, network), format: FixedPointFormat(precision: precision),
            kernels: KernelSelection.kernels(laneBits: precision.laneBits))
        let certificate = try audit(engine, images: 1, timeSteps: 2)
        #expect(certificate.equalToEngine == true, "\(name): \(certificate.difference ?? "")")
        let activity = engine.network.activity
        let onCurrents = activity.multiplying.filter { !$0.isInput }
        #expect(certificate.grade == (onCurrents.isEmpty ? .strict : .multiplying), "\(name)")
        #expect(certificate.inputLayer.multiplications == activity.inputOperations, "\(name)")
        for layer in onCurrents {
            let row = try #require(certificate.layers.first { $0.name == layer.name })
            #expect(row.operations.multiplications == 2 * layer.operations, "\(name) \(layer.name)")
        }
        #expect(
            certificate.multiplied.filter(\.onSpikePath).map(\.cause) == onCurrents.map { "\($0.name): reads currents" }, "\(name)")
    }

    @Test(arguments: Precision.allCases)
    func `a normalisation of a stored current multiplies, and is named with how often`(precision: Precision) throws {
        let channels = 40
        var builder = GraphBuilder(inputSize: 16)
        let stem = builder.convolution("stem", builder.image, outputs: channels, inputs: 3, kernel: 4, stride: 4, padding: 0)
        let first = builder.neuron("first", stem, Neuron(threshold: 0.25))
        let pooled = builder.add(
            "pool", .maximumPool(PoolingWindow(kernel: Extent2(2), stride: Extent2(2))),
            builder.convolution("branch", first, outputs: channels, inputs: channels, kernel: 3))
        let shortcut = builder.convolution("shortcut", first, outputs: channels, inputs: channels, stride: 2)
        let sum = builder.add("sum", .sum, builder.normalisation("pooled_bn", pooled, features: channels), shortcut)
        _ = builder.linear("head", builder.add("mean", .mean, builder.neuron("second", sum, Neuron())), outputs: 3, inputs: channels)
        let engine = try FixedEngine(
            Synthesis.initialized(Network(builder.graph), seed: 1), format: FixedPointFormat(precision: precision),
            kernels: KernelSelection.kernels(laneBits: precision.laneBits))
        #expect(engine.multiplying.map(\.name) == ["stem", "pooled_bn"])
        let certificate = try audit(engine, images: 1, timeSteps: 2)
        #expect(certificate.grade == .multiplying)
        #expect(certificate.equalToEngine == true)
        #expect(certificate.multiplied.filter(\.onSpikePath).map(\.cause) == ["pooled_bn: reads currents"])
        // A tile of channels reads those of the same tile alone, at 4 positions in 2 time steps.
        let lanes = 512 / precision.laneBits
        let products = stride(from: 0, to: channels, by: lanes).reduce(0) { $0 + min(lanes, channels - $1) * min(lanes, channels - $1) }
        let row = certificate.layers.first { $0.name == "pooled_bn" }
        #expect(row?.operations.multiplications == products * 4 * 2)
    }

    @Test func `the reference's multiplications are those of its causes in every family`() throws {
        for (name, network) in AuditedNetworks.zoo {
            let certificate = try audit(FloatEngine(AuditedNetworks.parameters(zoo: name, network)), images: 1, timeSteps: 2)
            let onSpikePaths = certificate.multiplied.filter(\.onSpikePath).reduce(0) { $0 + $1.multiplications }
            #expect(onSpikePaths == certificate.spikePath.multiplications, "\(name)")
            #expect(onSpikePaths > 0, "\(name)")
        }
    }

    @Test(arguments: Precision.allCases)
    func `an engine whose comparison is broken is noticed`(precision: Precision) throws {
        let engine = try AuditedNetworks.engine("demo", precision)
        var kernels = engine.kernels
        let fire = kernels.fire
        kernels.fire = { currents, extent, neurons, spikes in
            var broken = neurons
            broken.isSoft.toggle()
            fire(currents, extent, broken, spikes)
        }
        let certificate = try audit(engine.with(kernels: kernels), images: 1)
        #expect(certificate.grade == .unproven)
        #expect(certificate.equalToEngine == false)
        #expect(certificate.difference?.hasPrefix("image 1: spikes of to_patch_embedding") == true, "\(certificate.difference ?? "")")
    }

    @Test func `an engine whose logits are off by one unit is noticed`() throws {
        let engine = try AuditedNetworks.engine("demo", .fixed32)
        var kernels = engine.kernels
        let sum = kernels.sumShiftedRows
        kernels.sumShiftedRows = { rows, bias, terms, count, outputs, logits in
            sum(rows, bias, terms, count, outputs, logits)
            logits.storeBytes(of: logits.load(as: Int32.self) + 1 << 12, as: Int32.self)
        }
        let certificate = try audit(engine.with(kernels: kernels), images: 1)
        #expect(certificate.grade == .unproven)
        #expect(certificate.difference == "image 1: logits")
    }

    @Test func `a specification that multiplies would not be strict`() {
        let layer = Certificate.Layer(name: "a", part: "linear", operations: .init(additions: 2, multiplications: 1))
        let certificate = Certificate(
            modelSHA256: "ab", engine: "e", kernels: "k", version: "v", timeSteps: 1, images: 1, imageSource: "generated",
            equality: (true, nil), layers: [layer], multiplied: [], costs: [])
        #expect(certificate.grade == .multiplying)
        #expect(certificate.spikePath.multiplications == 1)
    }

    @Test func `the reference's second token batch normalisation is counted for every neuron and time step`() throws {
        let engine = try FloatEngine(AuditedNetworks.parameters("demo"))
        let activity = engine.network.activity
        let certificate = try audit(engine, images: 2, timeSteps: 3)
        #expect(certificate.grade == .multiplying)
        #expect(certificate.equalToEngine == nil)
        func count(_ start: String) -> Int? { certificate.multiplied.first { $0.cause.hasPrefix(start) }?.multiplications }
        func neurons(_ path: String) -> Int { activity.groups.filter { $0.name.hasPrefix(path) }.reduce(0) { $0 + $1.neurons } }
        let outputs = neurons("channel_mix_lif.")
        #expect(count("batch normalisation of tokens that are added to other currents") == outputs * 6)
        #expect(count("batch normalisation of tokens before their neurons") == neurons("channel_mix.") * 6)
        #expect(count("batch normalisation of rows and columns") == 2 * outputs * 6)
        #expect(count("leak of the neurons") == activity.neurons * 6)
        #expect(count("first convolution") == 2 * activity.inputOperations)
        let onSpikePaths = certificate.multiplied.filter(\.onSpikePath).reduce(0) { $0 + $1.multiplications }
        #expect(onSpikePaths == certificate.spikePath.multiplications)
        let others = certificate.multiplied.filter { !$0.onSpikePath }.reduce(0) { $0 + $1.multiplications }
        #expect(others == certificate.inputLayer.multiplications)
    }
}
