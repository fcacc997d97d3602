import Diagnostics

/// One preprocessed image, and what it cost.
package struct LoadedImage: Sendable {
    /// R, G, B of each pixel: [imageSize, imageSize, 3].
    package var pixels: [UInt8]
    /// Size of the image in its file, in pixels.
    package var width: Int
    package var height: Int
    /// Length of the file.
    package var byteCount: Int
    /// The hash of the bytes that were decoded, where it was asked for.
    package var hash: ContentHash?
    /// What the decoder complained about and Pillow passes over, such as damaged image data.
    package var decoderWarning: String?
    /// Reading, hashing and decoding the file.
    package var decodeMicroseconds: Int
    /// Resize and crop.
    package var preprocessMicroseconds: Int
}

/// The bytes that a file must have.
package struct ExpectedContents: Hashable, Sendable {
    package var byteCount: Int
    package var hash: ContentHash

    package init(byteCount: Int, hash: ContentHash) {
        self.byteCount = byteCount
        self.hash = hash
    }
}

/// Takes image files to the network's input, one after another.
///
/// Belongs to one thread. Its memory is kept from image to image and grows with the largest; what an unusually large one needed
/// (over 64 MiB) is given back after it.
package final class ImageLoader {
    /// The most bytes a file may have, unless said otherwise.
    package static let defaultFileSizeLimit = 256 << 20

    package let preprocessing: Preprocessing
    private let fileSizeLimit: Int
    private var file = ByteBuffer()
    private var pixels = ByteBuffer()
    private var crop: ResampledCrop
    private var output: [UInt8]

    package init(_ preprocessing: Preprocessing, fileSizeLimit: Int = ImageLoader.defaultFileSizeLimit) {
        self.preprocessing = preprocessing
        self.fileSizeLimit = fileSizeLimit
        crop = ResampledCrop(preprocessing)
        output = [UInt8](repeating: 0, count: preprocessing.byteCount)
    }

    /// Reads, decodes and preprocesses the file at `path`.
    ///
    /// Where `expected` is given, exactly those bytes are decoded, or `image.changed` is thrown.
    /// - Throws: any `image.*` failure; each names the file.
    package func load(path: String, expected: ExpectedContents? = nil) throws -> LoadedImage {
        defer { releaseLargeMemory() }
        let start = ContinuousClock.now
        let reader = try FileReader(path: path, limit: fileSizeLimit)
        if let expected, expected.byteCount != reader.byteCount {
            throw Self.changed(path, "it has \(reader.byteCount) bytes, not \(expected.byteCount)")
        }
        try file.reserve(reader.byteCount, for: path)
        let count = try reader.read(into: UnsafeMutableRawBufferPointer(start: file.base, count: reader.byteCount))
        let bytes = UnsafeRawBufferPointer(start: file.base, count: count)
        let hash = try expected.map { try Self.verifiedHash(of: bytes, $0, path) }
        var image = try preprocess(bytes, name: path, since: start)
        image.hash = hash
        return image
    }

    /// Decodes and preprocesses `bytes`, the content of a file; `name` is what failures call it.
    package func load(bytes: [UInt8], name: String) throws -> LoadedImage {
        try load(bytes: bytes[...], name: name)
    }

    /// Decodes and preprocesses `bytes`, the content of a file; `name` is what failures call it.
    ///
    /// Where `expected` is given, exactly those bytes are decoded, or `image.changed` is thrown.
    /// - Parameter start: when the work on the image began, so that the time for decoding has the reading in it.
    package func load(
        bytes: ArraySlice<UInt8>, name: String, expected: ExpectedContents? = nil, since start: ContinuousClock.Instant = .now
    ) throws -> LoadedImage {
        defer { releaseLargeMemory() }
        return try bytes.withUnsafeBytes { memory in
            let hash = try expected.map { try Self.verifiedHash(of: memory, $0, name) }
            var image = try preprocess(memory, name: name, since: start)
            image.hash = hash
            return image
        }
    }

    private static func verifiedHash(of bytes: UnsafeRawBufferPointer, _ expected: ExpectedContents, _ name: String) throws -> ContentHash {
        guard bytes.count == expected.byteCount else { throw changed(name, "it has \(bytes.count) bytes, not \(expected.byteCount)") }
        let hash = ContentHash(of: bytes)
        guard hash == expected.hash else { throw changed(name, "its SHA-256 is another") }
        return hash
    }

    private func preprocess(_ bytes: UnsafeRawBufferPointer, name: String, since start: ContinuousClock.Instant) throws -> LoadedImage {
        var share = DecodingBudget.shared.share()
        let decoded = try decode(bytes, name: name, within: &share)
        let decodedAt = ContinuousClock.now
        try output.withUnsafeMutableBufferPointer { output in
            try crop.apply(to: pixels.base, width: decoded.width, height: decoded.height, output: output, name: name)
        }
        return LoadedImage(
            pixels: output, width: decoded.width, height: decoded.height, byteCount: bytes.count, hash: nil,
            decoderWarning: decoded.warning,
            decodeMicroseconds: (decodedAt - start).wholeMicroseconds,
            preprocessMicroseconds: (ContinuousClock.now - decodedAt).wholeMicroseconds)
    }

    private func decode(
        _ bytes: UnsafeRawBufferPointer, name: String, within share: inout DecodingShare
    ) throws -> (width: Int, height: Int, warning: String?) {
        switch ImageFormat(startingWith: bytes) {
        case .jpeg:
            return try JPEGDecoder().decode(
                bytes, into: &pixels, pixelLimit: preprocessing.pixelLimit, within: &share, name: name)
        case .png:
            return try withoutWarning(
                PNGDecoder.decode(
                    bytes, into: &pixels, pixelLimit: preprocessing.pixelLimit, within: &share, name: name))
        case .webp:
            return try withoutWarning(
                WebPDecoder.decode(
                    bytes, into: &pixels, pixelLimit: preprocessing.pixelLimit, within: &share, name: name))
        case .bmp:
            return try withoutWarning(
                BMPDecoder.decode(
                    bytes, into: &pixels, pixelLimit: preprocessing.pixelLimit, within: &share, name: name))
        case .tiff:
            return try withoutWarning(
                TIFFDecoder.decode(
                    bytes, into: &pixels, pixelLimit: preprocessing.pixelLimit, within: &share, name: name))
        case .portableMap:
            return try withoutWarning(
                PNMDecoder.decode(
                    bytes, into: &pixels, pixelLimit: preprocessing.pixelLimit, within: &share, name: name))
        case .other(let format):
            throw Failure(.imageFormat, "\(name) is \(format), which is not decoded.", remedy: "Convert it to PNG, which keeps its pixels.")
        case .noImage(let what):
            throw Failure(
                .imageFormat, "\(name) is \(what), and no image.",
                remedy: what == "a Git LFS pointer" ? "Fetch the image itself with `git lfs pull`." : "Fetch the file again.")
        case .unknown:
            throw Failure(
                .imageFormat, bytes.isEmpty ? "\(name) is empty." : "\(name) is of no image format that is known.",
                remedy: "Fetch the file again.")
        }
    }

    private func withoutWarning(_ size: (width: Int, height: Int)) -> (width: Int, height: Int, warning: String?) {
        (size.width, size.height, nil)
    }

    private func releaseLargeMemory() {
        file.releaseIfLarge()
        pixels.releaseIfLarge()
    }

    private static func changed(_ path: String, _ how: String) -> Failure {
        Failure(
            .imageChanged, "\(path) has changed since its data set was described: \(how).",
            remedy: "Restore the file, or describe the data set anew.")
    }
}

extension Duration {
    fileprivate var wholeMicroseconds: Int {
        Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
    }
}
