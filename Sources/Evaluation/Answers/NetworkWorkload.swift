/// What a network did on a run's images, per image, and what it is made of: all that anybody counts from.
package struct NetworkWorkload: Sendable, Hashable {
    /// The layer that reads pixels.
    package struct InputLayer: Sendable, Hashable {
        /// Multiply-accumulates of one evaluation.
        package var operations: Int
        package var weights: Int
        /// Weights that are exactly 0.
        package var zeroWeights: Int

        package init(operations: Int, weights: Int, zeroWeights: Int) {
            self.operations = operations
            self.weights = weights
            self.zeroWeights = zeroWeights
        }
    }

    /// What a layer's PyTorch module is given.
    package enum Inputs: Sendable, Hashable {
        /// Zeros and ones.
        case spikes
        /// Sums or means of spikes, which are 0 where none of them fires.
        case counts
        /// Other real numbers, behind a normalisation.
        case currents
    }

    /// A layer behind neurons.
    package struct Layer: Sendable, Hashable {
        package var name: String
        /// Synaptic operations of one time step in which every input neuron spikes; at edges, what lies in the padding does not count.
        package var denseOperations: Int
        /// Multiply-accumulates of one time step as counters of PyTorch modules have them: padding counts, and a layer behind a mean over
        /// positions is evaluated once.
        package var moduleOperations: Int
        /// Multiply-accumulates of one time step, without what lies in the padding; sums and means count once.
        package var products: Int
        /// Additions because a spike arrived, all time steps.
        package var synapticOperations: Double
        /// The same with each input that is not 0 counted once; nil where the rows know nothing of it.
        package var effectiveOperations: Double?
        package var inputs: Inputs
        package var weights: Int
        package var zeroWeights: Int

        package init(
            name: String, denseOperations: Int, moduleOperations: Int, products: Int, synapticOperations: Double,
            effectiveOperations: Double?, inputs: Inputs, weights: Int, zeroWeights: Int
        ) {
            self.name = name
            self.denseOperations = denseOperations
            self.moduleOperations = moduleOperations
            self.products = products
            self.synapticOperations = synapticOperations
            self.effectiveOperations = effectiveOperations
            self.inputs = inputs
            self.weights = weights
            self.zeroWeights = zeroWeights
        }
    }

    package var timeSteps: Int
    package var input: InputLayer
    package var layers: [Layer]
    /// Neurons of all groups.
    package var neurons: Int
    /// Of all groups and time steps.
    package var spikes: Double
    /// Bytes of all parameters and buffers as PyTorch holds them.
    package var stateBytes: Int

    package init(timeSteps: Int, input: InputLayer, layers: [Layer], neurons: Int, spikes: Double, stateBytes: Int) {
        self.timeSteps = timeSteps
        self.input = input
        self.layers = layers
        self.neurons = neurons
        self.spikes = spikes
        self.stateBytes = stateBytes
    }

    package var synapticOperations: Double { layers.reduce(0) { $0 + $1.synapticOperations } }

    /// Spikes per neuron and time step.
    package var firingRate: Double {
        let places = Double(neurons) * Double(timeSteps)
        return places > 0 ? spikes / places : 0
    }
}
