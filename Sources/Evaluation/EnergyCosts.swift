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

    enum CodingKeys: String, CodingKey {
        case costs
        case macsPerImage = "macs_per_image"
        case synapticOperationsPerImage = "synops_per_image"
        case millijoulesPerImage = "millijoules_per_image"
    }

    package init(costs: EnergyCosts, macsPerImage: Int, synapticOperationsPerImage: Double) {
        self.costs = costs
        self.macsPerImage = macsPerImage
        self.synapticOperationsPerImage = synapticOperationsPerImage
        millijoulesPerImage = costs.millijoules(macs: Double(macsPerImage), synapticOperations: synapticOperationsPerImage)
    }
}
