extension Architecture {
    /// The paper's networks by its names ("Efficient Deep Spiking Multi-Layer Perceptrons with Multiplication-Free Inference", table of ImageNet-1K results).
    private static let paperNetworks: [(name: String, architecture: Architecture)] = [
        ("mlp-spe-t", paperNetwork(.spe, dim: 78, depths: [2, 8, 14, 2])),
        ("mlp-spe-s", paperNetwork(.spe, dim: 96, depths: [2, 8, 14, 2])),
        ("mlp-spe-b", paperNetwork(.spe, dim: 108, depths: [2, 10, 24, 2])),
        ("mlp-s", paperNetwork(.plain, dim: 96, depths: [2, 8, 14, 2])),
    ]

    /// The names ``named(_:)`` knows.
    package static var paperNames: [String] { paperNetworks.map(\.name) }

    /// The paper's architecture of that name (`mlp-spe-t`, `mlp-spe-s`, `mlp-spe-b`, `mlp-s`), nil where it has none.
    package static func named(_ name: String) -> Architecture? {
        paperNetworks.first { $0.name == name }?.architecture
    }

    /// The paper's name for exactly this architecture, ImageNet's image size and classes included.
    package var paperName: String? {
        Architecture.paperNetworks.first { $0.architecture == self }?.name
    }

    private static func paperNetwork(_ family: Family, dim: Int, depths: [Int]) -> Architecture {
        Architecture(family: family, dim: dim, depths: depths, alpha: 3, patchSize: 4, imageSize: 224, classes: 1000)
    }
}
