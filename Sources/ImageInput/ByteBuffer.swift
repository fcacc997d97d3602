import Diagnostics
import Glibc

/// Memory that is reused from image to image: it grows when a larger one comes, and can be given back.
struct ByteBuffer: ~Copyable {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var capacity: Int

    /// Above this many bytes, a buffer is not kept for the next image.
    static let keptBytes = 64 << 20

    init() {
        base = Self.noMemory
        capacity = 0
    }

    deinit {
        if capacity > 0 { free(base) }
    }

    /// Bytes behind those asked for that may be read, so that rows can be taken in whole vectors.
    private static let slack = 64

    /// Makes room for `count` bytes, at an address that is a multiple of 64. What was in the buffer is lost when it grows.
    /// - Throws: `image.memory` where the system has none.
    mutating func reserve(_ count: Int, for name: String) throws {
        let (padded, overflow) = count.addingReportingOverflow(Self.slack + 63)
        let needed = padded & ~63
        guard needed > capacity || overflow else { return }
        release()
        guard !overflow, let memory = aligned_alloc(64, needed) else {
            throw Failure(.imageMemory, "There is no memory for the \(count) bytes that \(name) needs.", remedy: "Lower the pixel limit.")
        }
        base = memory
        capacity = needed
    }

    /// Gives the memory back if it is more than ``keptBytes``.
    mutating func releaseIfLarge() {
        if capacity > Self.keptBytes { release() }
    }

    private mutating func release() {
        if capacity > 0 { free(base) }
        base = Self.noMemory
        capacity = 0
    }

    /// An aligned address that is never used.
    private static var noMemory: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bitPattern: 64).unsafelyUnwrapped }
}
