/// The unit of the reference engine's kernels: rows are padded to a multiple of this many values.
///
/// Every lane is an independent sum, so the width has no influence on results.
typealias Lanes = SIMD8<Double>

/// `count` rounded up to whole lanes; the length a row of `count` values must have in memory.
package func paddedToLanes(_ count: Int) -> Int {
    (count + Lanes.scalarCount - 1) / Lanes.scalarCount * Lanes.scalarCount
}

/// Eight values at `pointer`, which need not be aligned.
@inline(__always)
func loadLanes(_ pointer: UnsafePointer<Double>) -> Lanes {
    UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self)
}

/// Eight float32 weights at `pointer`, which need not be aligned, in double precision.
@inline(__always)
func loadWidened(_ pointer: UnsafePointer<Float>) -> Lanes {
    Lanes(UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self))
}

/// Stores eight values at `pointer`, which need not be aligned.
@inline(__always)
func storeLanes(_ lanes: Lanes, _ pointer: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: Lanes.self)
}
