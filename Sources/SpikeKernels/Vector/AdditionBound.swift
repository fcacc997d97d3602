/// Loads and adds 64-byte lines from the first cache, and does nothing else: what event-driven addition could reach at most.
///
/// - Parameters:
///   - lines: 128 lines.
///   - passes: how often all of them are added up.
///   - sums: 8 lines, which receive the sums so that none is left out.
@inline(__always)
func addLines<L: Lanes>(_: L.Type, _ lines: UnsafeRawPointer, _ passes: Int, _ sums: UnsafeMutableRawPointer) {
    let zero = L.broadcast(0)
    var sum = (zero, zero, zero, zero, zero, zero, zero, zero)
    for _ in 0..<passes {
        var line = lines
        for _ in 0..<16 {
            sum.0 = L.sum(sum.0, L.load(line))
            sum.1 = L.sum(sum.1, L.load(line + 64))
            sum.2 = L.sum(sum.2, L.load(line + 128))
            sum.3 = L.sum(sum.3, L.load(line + 192))
            sum.4 = L.sum(sum.4, L.load(line + 256))
            sum.5 = L.sum(sum.5, L.load(line + 320))
            sum.6 = L.sum(sum.6, L.load(line + 384))
            sum.7 = L.sum(sum.7, L.load(line + 448))
            line += 512
        }
    }
    L.store(sum.0, sums)
    L.store(sum.1, sums + 64)
    L.store(sum.2, sums + 128)
    L.store(sum.3, sums + 192)
    L.store(sum.4, sums + 256)
    L.store(sum.5, sums + 320)
    L.store(sum.6, sums + 384)
    L.store(sum.7, sums + 448)
}

package func addLines16(_ lines: UnsafeRawPointer, _ passes: Int, _ sums: UnsafeMutableRawPointer) {
    addLines(Lanes16.self, lines, passes, sums)
}

package func addLines32(_ lines: UnsafeRawPointer, _ passes: Int, _ sums: UnsafeMutableRawPointer) {
    addLines(Lanes32.self, lines, passes, sums)
}
