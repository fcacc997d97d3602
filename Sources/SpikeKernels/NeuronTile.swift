/// Neurons of one line. Their potentials start at ``initial`` and follow `v <- leak(v) + current + offset`; currents are scaled so that
/// nothing is multiplied.
package struct NeuronTile {
    package var threshold: UnsafeRawPointer
    /// Lines, or nil for zeros.
    package var offset: UnsafeRawPointer?
    package var initial: UnsafeRawPointer?
    /// Lanes of -1 where the comparison is turned round, of 0 elsewhere; nil for zeros.
    package var turned: UnsafeRawPointer?
    /// What is left of a potential, as a sum of shifted terms.
    package var leak: UnsafePointer<LeakTerm>
    package var leakTerms: Int
    /// Whether a spike takes the threshold off the potential and does not set it to 0.
    package var isSoft: Bool
    /// Bit i is set where lane i is a neuron.
    package var lanes: UInt32

    package init(
        threshold: UnsafeRawPointer, offset: UnsafeRawPointer? = nil, initial: UnsafeRawPointer? = nil, turned: UnsafeRawPointer? = nil,
        leak: UnsafePointer<LeakTerm>, leakTerms: Int, isSoft: Bool, lanes: UInt32
    ) {
        self.threshold = threshold
        self.offset = offset
        self.initial = initial
        self.turned = turned
        self.leak = leak
        self.leakTerms = leakTerms
        self.isSoft = isSoft
        self.lanes = lanes
    }
}

/// `v >> shift`, added or subtracted.
package struct LeakTerm: BitwiseCopyable, Sendable, Hashable {
    package var shift: Int32
    package var isSubtracted: Bool

    package init(shift: Int32, isSubtracted: Bool = false) {
        self.shift = shift
        self.isSubtracted = isSubtracted
    }
}
