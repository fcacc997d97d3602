internal import Checkpoints
internal import Evaluation
internal import EvaluationStore
internal import Networks

/// A run's workload, from its rows and its model's checkpoint.
struct RunWorkload {
    private let tensors: [String: Tensor]
    private let network: Network

    /// - Throws: `store.not_found`; `worker.checkpoint` where the database's checkpoint is not the file that was added.
    static func workload(of run: StoredRun, from store: EvaluationStore) throws -> NetworkWorkload {
        let model = try store.catalogue.model(id: run.specification.modelID)
        let parameters = try StoredCheckpoint.load(model, from: store).parameters
        return try RunWorkload(tensors: parameters.tensors, network: parameters.network).workload(
            timeSteps: run.specification.timeSteps, firing: store.answers.layerFiring(of: run.id),
            operations: store.answers.layerOperations(of: run.id))
    }

    private func workload(timeSteps: Int, firing: [LayerFiring], operations: [LayerOperations]) -> NetworkWorkload {
        let counted = Dictionary(operations.map { ($0.name, $0) }) { first, _ in first }
        let inputs = network.activity.multiplying.filter(\.isInput).map { weights(of: $0.node) }
        // A PyTorch module has a counter of 8 bytes beside each batch normalisation's statistics.
        let counters = network.graph.normalisations.count * 8
        return NetworkWorkload(
            timeSteps: timeSteps,
            input: .init(
                operations: network.activity.inputOperations, weights: inputs.reduce(0) { $0 + $1.count },
                zeroWeights: inputs.reduce(0) { $0 + $1.zeros }),
            layers: network.activity.layers.map { layer($0, counted: counted[$0.name]) },
            neurons: firing.reduce(0) { $0 + $1.neurons }, spikes: firing.reduce(0) { $0 + $1.spikesPerImage },
            stateBytes: tensors.values.reduce(counters) { $0 + $1.values.count * 4 })
    }

    private func layer(_ layer: SynapticLayer, counted: LayerOperations?) -> NetworkWorkload.Layer {
        let own = weights(of: layer.node)
        let input = network.features[network.graph.nodes[layer.node].inputs[0]]
        let inputs: NetworkWorkload.Inputs =
            switch input.whole {
            case nil: .currents
            case (1, 1)?: .spikes
            case _?: .counts
            }
        // Positions that are added up before a layer reads them are one input.
        let added = network.features[layer.source].positions / input.positions
        let modules =
            if case .convolution = layer.connections { network.features[layer.node].positions * own.count } else { layer.denseOperations }
        return NetworkWorkload.Layer(
            name: layer.name, denseOperations: layer.denseOperations, moduleOperations: modules,
            products: layer.denseOperations / layer.largest / added, synapticOperations: counted?.operationsPerImage ?? 0,
            effectiveOperations: counted?.effectivePerImage, inputs: inputs, weights: own.count, zeroWeights: own.zeros)
    }

    /// The weights of a node's own layer.
    private func weights(of node: Int) -> (count: Int, zeros: Int) {
        let name: String? =
            switch network.graph.nodes[node].operation {
            case .convolution(let convolution): convolution.weight
            case .mix(let mixing): mixing.weight
            default: nil
            }
        let values = name.flatMap { tensors[$0]?.values } ?? []
        return (values.count, values.count { $0 == 0 })
    }
}
