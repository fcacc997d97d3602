/// The neurons of one token in a hidden layer, whose batch normalisation has a scale of the token's own: the neuron is divided by it.
package struct TokenThreshold: BitwiseCopyable {
    /// Added to the token's sums.
    package var offset: Int32
    package var threshold: Int32
    /// The token's sums are shifted right by so much, so that small scales fit the lanes.
    package var shift: Int32
    /// -1 for a negative scale, which turns the comparison round; else 0.
    package var turned: Int32
    /// 0 for a scale of 0, where no spike reaches the neuron; else -1.
    package var gate: Int32

    package init(offset: Int32, threshold: Int32, shift: Int32, turned: Int32, gate: Int32) {
        self.offset = offset
        self.threshold = threshold
        self.shift = shift
        self.turned = turned
        self.gate = gate
    }
}

/// A token's scale as a short sum of shifted terms of the sum `z`, first shifted left by `raise`:
/// `offset + sum of (z >> shift) - sum of (z >> shift)`.
package struct TokenScale: BitwiseCopyable {
    package var offset: Int32
    /// Narrow lanes cut off the sum `z` at this number and its negative, so that the terms cannot leave the lanes.
    package var limit: Int32
    package var raise: Int32
    /// What else reaches the neuron is shifted right by so much, and so is its threshold.
    package var drop: Int32
    /// Index of its first shift; those that are added come before those that are subtracted.
    package var firstTerm: Int32
    package var addedTerms: Int32
    package var subtractedTerms: Int32

    package init(
        offset: Int32, limit: Int32, raise: Int32, drop: Int32 = 0, firstTerm: Int32, addedTerms: Int32, subtractedTerms: Int32
    ) {
        self.offset = offset
        self.limit = limit
        self.raise = raise
        self.drop = drop
        self.firstTerm = firstTerm
        self.addedTerms = addedTerms
        self.subtractedTerms = subtractedTerms
    }
}
