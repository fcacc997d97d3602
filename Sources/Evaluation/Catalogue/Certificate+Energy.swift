extension Certificate {
    /// Picojoules of the counted operations by one table of costs. Arithmetic alone: no memory traffic; shifts and comparisons are in no
    /// published table.
    package struct Energy: Sendable, Hashable, Codable {
        package static let formula = "E = multiplications x E_MAC + synaptic additions x E_AC"

        package var ac: Double
        package var mac: Double
        /// The formula with its numbers.
        package var formula: String
        /// By layer's name; layers without either operation are left out.
        package var layers: [String: Double]
        /// Of all images.
        package var total: Double
        package var perImage: Double
        /// Of all images, every addition and subtraction of the neurons priced as E_AC as well.
        package var withNeurons: Double

        enum CodingKeys: String, CodingKey {
            case ac
            case mac
            case formula
            case layers
            case total
            case perImage = "per_image"
            case withNeurons = "with_neurons"
        }

        package init(_ costs: EnergyCosts, layers: [Layer], images: Int) {
            func picojoules(_ layer: Layer) -> Double {
                Double(layer.operations.multiplications) * costs.mac + Double(layer.synapticAdditions) * costs.ac
            }
            ac = costs.ac
            mac = costs.mac
            self.layers = [:]
            for layer in layers where layer.operations.multiplications + layer.synapticAdditions > 0 {
                self.layers[layer.name] = picojoules(layer)
            }
            let multiplications = layers.reduce(0) { $0 + $1.operations.multiplications }
            let additions = layers.reduce(0) { $0 + $1.synapticAdditions }
            total = Double(multiplications) * costs.mac + Double(additions) * costs.ac
            perImage = total / Double(max(images, 1))
            // A multiply-accumulate has its addition already.
            let others = layers.reduce(0) { count, layer in
                let sums = layer.operations.additions + layer.operations.subtractions - layer.synapticAdditions
                return count + max(0, sums - layer.operations.multiplications)
            }
            withNeurons = total + Double(others) * costs.ac
            formula = "\(Self.formula) = \(multiplications) x \(costs.mac) pJ + \(additions) x \(costs.ac) pJ"
        }
    }
}
