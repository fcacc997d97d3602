internal import Checkpoints
internal import Evaluation
internal import EvaluationStore
internal import SpikingMLP

/// A run's workload, from its rows and its model's checkpoint.
struct RunWorkload {
    private let tensors: [String: Tensor]

    /// - Throws: `store.not_found`; `worker.checkpoint` where the database's checkpoint is not the file that was added.
    static func workload(of run: StoredRun, from store: EvaluationStore) throws -> NetworkWorkload {
        let model = try store.model(id: run.specification.modelID)
        let parameters = try StoredCheckpoint.load(model, from: store).parameters
        return try RunWorkload(tensors: parameters.tensors).workload(
            parameters.architecture, timeSteps: run.specification.timeSteps, firing: store.layerFiring(of: run.id),
            operations: store.layerOperations(of: run.id))
    }

    private func workload(
        _ architecture: Architecture, timeSteps: Int, firing: [LayerFiring], operations: [LayerOperations]
    ) -> NetworkWorkload {
        let counted = Dictionary(operations.map { ($0.name, $0.operationsPerImage) }) { first, _ in first }
        let input = weights(of: "to_patch_embedding.0.0")
        // A PyTorch module has a counter of 8 bytes beside each batch normalisation's statistics.
        let counters = architecture.batchNormNames.count * 8
        return NetworkWorkload(
            timeSteps: timeSteps,
            input: .init(operations: architecture.firstConvolutionOperations, weights: input.count, zeroWeights: input.zeros),
            layers: architecture.synapticLayers.map { layer($0, operations: counted[$0.name] ?? 0) },
            neurons: firing.reduce(0) { $0 + $1.neurons }, spikes: firing.reduce(0) { $0 + $1.spikesPerImage },
            stateBytes: tensors.values.reduce(counters) { $0 + $1.values.count * 4 })
    }

    private func layer(_ layer: SynapticLayer, operations: Double) -> NetworkWorkload.Layer {
        let own = weights(of: layer.name)
        let readsMeans = layer.name == "mlp_head.1"
        return NetworkWorkload.Layer(
            name: layer.name, denseOperations: layer.denseOperations,
            moduleOperations: readsMeans ? own.count : Self.moduleOperations(of: layer, weights: own.count),
            synapticOperations: operations, readsSpikes: !readsMeans, weights: own.count, zeroWeights: own.zeros)
    }

    /// Multiply-accumulates of one time step, padding counted.
    private static func moduleOperations(of layer: SynapticLayer, weights: Int) -> Int {
        guard case .convolution(_, let kernel, let stride, let padding) = layer.connections else { return layer.denseOperations }
        let outputs = (layer.side + 2 * padding - kernel) / stride + 1
        return outputs * outputs * weights
    }

    private func weights(of layer: String) -> (count: Int, zeros: Int) {
        let values = tensors["\(layer).weight"]?.values ?? []
        return (values.count, values.count { $0 == 0 })
    }
}
