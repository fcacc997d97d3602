/// The unit of all float kernels: rows are padded to a multiple of this many values.
///
/// Every lane is an independent sum, so the width has no influence on results.
typealias FloatLanes = SIMD8<Float>

/// `count` rounded up to whole lanes; the length a row of `count` floats must have in memory.
package func paddedToFloatLanes(_ count: Int) -> Int {
    (count + FloatLanes.scalarCount - 1) / FloatLanes.scalarCount * FloatLanes.scalarCount
}

/// Eight floats at `pointer`, which need not be aligned.
@inline(__always)
func loadLanes(_ pointer: UnsafePointer<Float>) -> FloatLanes {
    UnsafeRawPointer(pointer).loadUnaligned(as: FloatLanes.self)
}

/// Stores eight floats at `pointer`, which need not be aligned.
@inline(__always)
func storeLanes(_ lanes: FloatLanes, _ pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: lanes, as: FloatLanes.self)
}
