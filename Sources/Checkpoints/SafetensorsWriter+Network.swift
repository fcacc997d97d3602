package import Networks

extension SafetensorsWriter {
    /// Adds a network's float32 elements.
    package mutating func add(_ name: String, _ tensor: Tensor) {
        add(name, shape: tensor.shape, floats: tensor.values)
    }
}
