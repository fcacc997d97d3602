import Diagnostics
import ImageInput
import Testing

@Suite struct PNGEncoderTests {
    @Test(arguments: 1...6) func `a picture that was encoded decodes to its own pixels`(side: Int) throws {
        let pixels = (0..<side * side * 3).map { UInt8(truncatingIfNeeded: $0 &* 97 &+ side) }
        let file = try PNGEncoder.encode(pixels, width: side, height: side)
        // Sizes below seven are neither resized nor cropped.
        #expect(try ImageLoader(Preprocessing(imageSize: side)).load(bytes: file, name: "picture").pixels == pixels)
    }

    @Test(arguments: [(1, 1), (1000, 3), (3, 1000), (513, 257)])
    func `noise of any shape fits, and keeps its size`(width: Int, height: Int) throws {
        var state: UInt64 = 1
        let pixels = (0..<width * height * 3).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        let file = try PNGEncoder.encode(pixels, width: width, height: height)
        let image = try ImageLoader(Preprocessing(imageSize: 1)).load(bytes: file, name: "picture")
        #expect(image.width == width && image.height == height)
    }

    @Test func `a size that is not the pixels' is refused`() {
        for (count, width, height) in [(12, 2, 3), (0, 0, 0), (12, -2, -2), (12, 4, 1 << 40), (3 * 16385, 16385, 1)] {
            let pixels = [UInt8](repeating: 0, count: count)
            #expect { try PNGEncoder.encode(pixels, width: width, height: height) } throws: { ($0 as? Failure)?.code == .imageEncoding }
        }
    }
}
