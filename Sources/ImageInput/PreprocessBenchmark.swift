import CTurboJPEG
import Diagnostics

/// How long one JPEG takes: libjpeg-turbo's decompression alone, and the way from bytes to the network's input.
package struct PreprocessBenchmark: Sendable, CustomStringConvertible {
    package var width: Int
    package var height: Int
    /// Shortest of all rounds, in microseconds: what else the machine does can only lengthen a round.
    package var decompressMicroseconds: Double
    package var wholeMicroseconds: Double

    /// The whole, relative to decompression alone.
    package var ratio: Double { wholeMicroseconds / decompressMicroseconds }

    /// Measures the JPEG file at `path`, the two things by turns so that a busy machine slows both.
    /// - Throws: any `image.*` failure.
    package static func measure(path: String, preprocessing: Preprocessing, rounds: Int = 200) throws -> PreprocessBenchmark {
        let reader = try FileReader(path: path, limit: ImageLoader.defaultFileSizeLimit)
        var bytes = [UInt8](repeating: 0, count: reader.byteCount)
        _ = try bytes.withUnsafeMutableBytes { try reader.read(into: $0) }
        guard ImageFormat(startingWith: bytes) == .jpeg else {
            throw Failure(.imageFormat, "\(path) is no JPEG.", remedy: "Measure with a JPEG file.")
        }
        let loader = ImageLoader(preprocessing)
        var pixels = ByteBuffer()
        var decompress: [Duration] = []
        var whole: [Duration] = []
        var image = try loader.load(bytes: bytes, name: path)
        try pixels.reserve(image.width * image.height * 4, for: path)
        let clock = ContinuousClock()
        for _ in 0..<max(1, rounds) {
            try decompress.append(
                clock.measure {
                    try bytes.withUnsafeBytes {
                        _ = try JPEGDecoder().decompress($0, width: image.width, to: pixels.base, format: TJPF_RGBX, name: path)
                    }
                })
            try whole.append(clock.measure { image = try loader.load(bytes: bytes, name: path) })
        }
        return PreprocessBenchmark(
            width: image.width, height: image.height, decompressMicroseconds: shortest(decompress), wholeMicroseconds: shortest(whole))
    }

    package var description: String {
        "\(width)x\(height): decompression \(Int(decompressMicroseconds)) us, bytes to input \(Int(wholeMicroseconds)) us, ratio "
            + "\(Int((ratio * 100).rounded()))/100"
    }

    private static func shortest(_ durations: [Duration]) -> Double {
        (durations.min() ?? .zero) / .microseconds(1)
    }
}
