internal import Networks

/// How a mean of currents is taken: their sum, shifted right.
struct GridTaps {
    /// Positions that are added up; nil for the largest of them.
    var divisor: Int?
    var shift: Int
    /// What the shifted sum is, in thousandths of the mean as it were: its unit beside the inputs'.
    var factor: Double

    init(_ node: Int, _ folder: Folder) {
        let input = folder.features[folder.node(node).inputs[0]]
        switch folder.node(node).operation {
        case .averagePool(let window): divisor = window.kernel.height * window.kernel.width
        case .mean: divisor = input.positions
        case .total: divisor = input.positions
        default: divisor = nil
        }
        let count = divisor ?? 1
        shift = count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
        factor = Double(count) / Double(1 << shift)
        if case .total = folder.node(node).operation { factor = 1 / Double(1 << shift) }
    }
}
