package import Diagnostics
package import Networks

extension Failure.Code {
    /// What a network's own code gave is missing, does not fit the network, or is not what the network gives.
    package static let probe = Failure.Code("network.probe")
}

/// What a network's own code made of some inputs.
package struct NetworkProbe: Sendable {
    /// Normalised, `[images, 3, size, size]`.
    package var input: Tensor
    /// `[steps, images, classes]`
    package var logits: Tensor
    /// By neuron group, in PyTorch's order.
    package var spikes: [String: Trace.Spikes]

    package init(input: Tensor, logits: Tensor, spikes: [String: Trace.Spikes]) {
        self.input = input
        self.logits = logits
        self.spikes = spikes
    }

    /// Images that are computed at most.
    private static let maximumImages = 16
    /// Of a logit, relative to the largest one where that is above 1: what float32 in other orders of summation makes of it.
    private static let tolerance = 1e-4

    /// Computes a network on the probe's inputs, in double precision, and says whether it gives the same.
    ///
    /// - Throws: `network.probe` where the probe is not one of this network, and what engines throw.
    package func verdict(on parameters: consuming Parameters) throws -> ProbeVerdict {
        let engine = try FloatEngine(parameters)
        let network = engine.network
        let steps = logits.shape.first ?? 0
        let images = input.shape.first ?? 0
        guard (1...Self.maximumImages).contains(images), (1...network.longestRun).contains(steps),
            input.shape == [images, 3, network.inputSize, network.inputSize], logits.shape == [steps, images, network.classes],
            (input.values + logits.values).allSatisfy(\.isFinite)
        else {
            throw Self.unfit("its input or logits are not those of 1 to \(Self.maximumImages) images of this network")
        }
        for group in network.activity.groups {
            guard let own = spikes[group.name], own.shape == [steps, images] + group.shape, own.values.allSatisfy({ $0 <= 1 }) else {
                throw Self.unfit("the spikes of \(group.name) are missing or not \([steps, images] + group.shape) of 0 and 1")
            }
        }
        let trace = try engine.trace(input: input, timeSteps: steps)
        var verdict = ProbeVerdict(
            images: images, timeSteps: steps, comparedSpikes: trace.spikes.reduce(0) { $0 + $1.values.count })
        for index in network.activity.groupsInDataFlow {
            let (group, found) = (network.activity.groups[index], trace.spikes[index])
            guard let own = spikes[group.name], own.values != found.values else { continue }
            verdict.parting = Self.parting(group, own: own.values, found: found.values, images: images)
            return verdict
        }
        let differences = zip(logits.values, trace.logits.values).map { abs(Double($0) - Double($1)) }
        let largest = differences.max() ?? 0
        let scale = logits.values.reduce(1) { max($0, abs($1)) }
        verdict.logitDifference = largest
        if largest > Self.tolerance * Double(scale), let place = differences.firstIndex(of: largest) {
            let (frame, label) = place.quotientAndRemainder(dividingBy: network.classes)
            verdict.parting =
                "all spikes are equal, but the logit of class \(label) in time step \(frame / images + 1), image \(frame % images + 1), "
                + "is \(trace.logits.values[place]) and not \(logits.values[place])"
        }
        return verdict
    }

    private static func parting(_ group: NeuronGroup, own: [UInt8], found: [UInt8], images: Int) -> String {
        let places = own.indices.filter { own[$0] != found[$0] }
        let (frame, neuron) = (places.first ?? 0).quotientAndRemainder(dividingBy: group.neurons)
        var rest = neuron
        let coordinates = group.shape.reversed().map { extent in
            defer { rest /= extent }
            return rest % extent
        }
        return "the neurons \(group.name) are the first to part, in time step \(frame / images + 1) of image \(frame % images + 1) at "
            + "\(Array(coordinates.reversed())): \(places.count) of their \(own.count) spikes differ"
    }

    private static func unfit(_ reason: String) -> Failure {
        Failure(
            .probe, "What the file carries of its own code's answers cannot be compared: \(reason).",
            remedy: "Export the network again, or leave the tensors probe/… out.")
    }
}
