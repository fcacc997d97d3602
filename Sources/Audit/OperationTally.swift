internal import Engine
internal import SpikeKernels

/// Books what a counting arithmetic did on the part of the pass, and the synaptic layer, that it was done for.
final class OperationTally: PassObserver {
    struct Place: Hashable {
        var part: PassPart
        /// Index in ``NetworkActivity/layers``.
        var layer: Int?
    }

    private let numbers: CountingArithmetic
    private(set) var counts: [Place: OperationCounts] = [:]
    private var current: Place?

    init(_ numbers: CountingArithmetic) { self.numbers = numbers }

    func begin(_ part: PassPart, layer: Int?) {
        book()
        current = Place(part: part, layer: layer)
    }

    func end() {
        book()
        current = nil
    }

    private func book() {
        let counted = numbers.take()
        guard let current else {
            precondition(counted == OperationCounts(), "a pass says what it begins before it computes")
            return
        }
        counts[current] = (counts[current] ?? OperationCounts()) + counted
    }

    /// What a part did outside of synaptic layers.
    func count(_ part: PassPart) -> OperationCounts { counts[Place(part: part)] ?? OperationCounts() }

    /// The part that a synaptic layer was computed in, and its operations.
    func count(layer: Int) -> (part: PassPart, counts: OperationCounts)? {
        counts.first { $0.key.layer == layer }.map { ($0.key.part, $0.value) }
    }
}
