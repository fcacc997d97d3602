/// What one operation takes, in picojoules, under a name such as `45nm-float32`. Arithmetic alone: no memory traffic.
package struct EnergyCosts: Sendable, Hashable, Codable {
    package static let defaultName = "45nm-float32"

    package var name: String
    /// One addition of a weight.
    package var ac: Double
    /// One multiplication and addition.
    package var mac: Double

    enum CodingKeys: String, CodingKey {
        case name
        case ac = "ac_picojoules"
        case mac = "mac_picojoules"
    }

    package init(name: String, ac: Double, mac: Double) {
        self.name = name
        self.ac = ac
        self.mac = mac
    }

    /// Millijoules of so many operations.
    package func millijoules(macs: Double, synapticOperations: Double) -> Double {
        (macs * mac + synapticOperations * ac) / 1e9
    }
}

/// Energy per image by a table of costs, with all that the formula takes.
package struct EnergyEstimate: Sendable, Hashable, Codable {
    package var costs: EnergyCosts
    /// Multiply-accumulates of the first convolution, which reads pixels: once per image.
    package var macsPerImage: Int
    /// Additions because a spike arrived, true fan-out, per image.
    package var synapticOperationsPerImage: Double
    package var millijoulesPerImage: Double
    /// T, and the sum with the first convolution counted in each time step, as many papers do; nil of reports that were kept without.
    package var timeSteps: Int?
    package var millijoulesRepeated: Double?

    enum CodingKeys: String, CodingKey {
        case costs
        case macsPerImage = "macs_per_image"
        case synapticOperationsPerImage = "synops_per_image"
        case millijoulesPerImage = "millijoules_per_image"
        case timeSteps = "timesteps"
        case millijoulesRepeated = "millijoules_per_image_repeated"
    }

    package init(costs: EnergyCosts, macsPerImage: Int, synapticOperationsPerImage: Double, timeSteps: Int) {
        self.costs = costs
        self.macsPerImage = macsPerImage
        self.synapticOperationsPerImage = synapticOperationsPerImage
        self.timeSteps = timeSteps
        millijoulesPerImage = costs.millijoules(macs: Double(macsPerImage), synapticOperations: synapticOperationsPerImage)
        millijoulesRepeated = costs.millijoules(
            macs: Double(macsPerImage) * Double(timeSteps), synapticOperations: synapticOperationsPerImage)
    }

    /// Whether energies of additions are those of an engine's arithmetic: `float` multiplies by every weight.
    package static func isOf(engine: String) -> Bool { engine != "float" }
}
