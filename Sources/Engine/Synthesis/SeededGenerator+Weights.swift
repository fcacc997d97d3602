internal import Diagnostics

extension SeededGenerator {
    /// Uniform in `-bound..<bound`: the top 24 bits of one number, which float32 holds exactly.
    mutating func uniform(bound: Float) -> Float {
        let unit = Float(next() >> 40) / Float(1 << 24)
        return (unit * 2 - 1) * bound
    }
}
