import Foundation
import Networks
import SpikeKernels

extension NeuronStep {
    init(_ neuron: Neuron, _ tensors: [String: Tensor]) {
        let rate =
            switch neuron.leak {
            case .none: 0.0
            case .tau(let tau): 1 / tau
            case .learned(let name): 1 / (1 + exp(-tensors.doubles(name)[0]))
            }
        var resetValue = 0.0
        if case .hard(let value) = neuron.reset { resetValue = value }
        self.init(
            rate: rate, decaysInput: neuron.decaysInput && neuron.leak != .none, threshold: neuron.threshold, isStrict: neuron.isStrict,
            resetValue: resetValue, isSoft: neuron.reset == .soft)
    }
}
