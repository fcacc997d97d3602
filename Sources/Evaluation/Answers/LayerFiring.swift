/// How much a LIF group fires, over all images of a run.
package struct LayerFiring: Sendable, Hashable, Codable {
    /// `silent` below one spike per thousand neurons and time steps, `saturated` above nine in ten.
    package enum State: String, Sendable, Codable { case silent, active, saturated }

    package var layer: Int
    package var name: String
    /// Per image.
    package var neurons: Int
    package var spikesPerImage: Double
    package var firingRate: Double
    /// Element t: the rate in time step t + 1 alone.
    package var firingRateByTimeStep: [Double]
    /// Time steps, from 1, in which no neuron fired on any image.
    package var silentTimeSteps: [Int]
    package var state: State

    enum CodingKeys: String, CodingKey {
        case layer, name, neurons, state
        case spikesPerImage = "spikes_per_image"
        case firingRate = "firing_rate"
        case firingRateByTimeStep = "timestep_firing_rate"
        case silentTimeSteps = "silent_timesteps"
    }

    package init(
        layer: Int, name: String, neurons: Int, spikesPerImage: Double, firingRate: Double, firingRateByTimeStep: [Double],
        silentTimeSteps: [Int], state: State
    ) {
        self.layer = layer
        self.name = name
        self.neurons = neurons
        self.spikesPerImage = spikesPerImage
        self.firingRate = firingRate
        self.firingRateByTimeStep = firingRateByTimeStep
        self.silentTimeSteps = silentTimeSteps
        self.state = state
    }
}

/// What a synaptic layer adds, over all images of a run.
package struct LayerOperations: Sendable, Hashable, Codable {
    package var layer: Int
    package var name: String
    /// Element t: operations per image in time step t + 1 alone.
    package var operationsByTimeStep: [Double]
    /// Operations per image, all time steps, with each input that is not 0 counted once, also where it is a count or a mean; nil of rows
    /// that know nothing of it.
    package var effectivePerImage: Double?

    /// Operations per image, all time steps.
    package var operationsPerImage: Double { operationsByTimeStep.reduce(0, +) }

    enum CodingKeys: String, CodingKey {
        case layer, name
        case operationsByTimeStep = "timestep_synops_per_image"
        case effectivePerImage = "effective_synops_per_image"
    }

    package init(layer: Int, name: String, operationsByTimeStep: [Double], effectivePerImage: Double?) {
        self.layer = layer
        self.name = name
        self.operationsByTimeStep = operationsByTimeStep
        self.effectivePerImage = effectivePerImage
    }
}
