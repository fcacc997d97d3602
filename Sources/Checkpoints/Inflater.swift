internal import CZlib
import FoundationEssentials

/// Unpacks deflated data (RFC 1951) through zlib.
enum Inflater {
    /// Appends what the bytes of `data` in `range` unpack to.
    ///
    /// - Returns: false where that is not exactly `size` bytes of a whole stream; `target` may then have some of them.
    static func inflate(_ data: Data, _ range: Range<Int>, size: Int, behind target: inout Data) -> Bool {
        let start = target.count
        target.append(Data(count: size))
        return data.withUnsafeBytes { file in
            target.withUnsafeMutableBytes { unpacked in
                inflate(UnsafeRawBufferPointer(rebasing: file[range]), into: UnsafeMutableRawBufferPointer(rebasing: unpacked[start...]))
            }
        }
    }

    private static func inflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
        // zlib remembers the stream's address.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        guard inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else { return false }
        defer { inflateEnd(stream) }
        let piece = 1 << 30
        var (read, written) = (0, 0)
        while true {
            let (available, room) = (min(piece, input.count - read), min(piece, output.count - written))
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(by: read))
            stream.pointee.avail_in = uInt(available)
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self).advanced(by: written)
            stream.pointee.avail_out = uInt(room)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            read += available - Int(stream.pointee.avail_in)
            written += room - Int(stream.pointee.avail_out)
            if status == Z_STREAM_END { return read == input.count && written == output.count }
            guard status == Z_OK else { return false }
        }
    }
}
