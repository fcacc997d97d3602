import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension CheckpointFile {
    /// Lets the system take back the pages that were read so far, which would count as this process's memory beside what was made of
    /// them. They are read again where they are wanted again: this changes no byte, whatever the memory is.
    func releasePages() {
        data.withUnsafeBytes { bytes in
            guard let address = bytes.baseAddress else { return }
            _ = madvise(UnsafeMutableRawPointer(mutating: address), bytes.count, MADV_PAGEOUT)
        }
    }
}
