import Checkpoints
import Foundation
import ImageInput
import NetworkFamilies
import Networks
import Pages
import TestSupport
import Testing

@Suite struct ModelPageTests {
    static let spe = "network/spe-t6"
    static let plain = "network/plain-tiny"

    /// A network whose tensors hold numbers that rise evenly from minus one half to one half, times `scale`; variances are 1.
    static func checkpoint(_ name: String, scale: Float = 1) throws -> Checkpoint {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/golden")
        let network = try Checkpoint.load(path: folder.appending(path: "\(name).pth").path).network
        var writer = SafetensorsWriter()
        for specification in network.graph.parameterSpecifications {
            let count = specification.count
            let values = (0..<count).map {
                specification.role == .variance ? 1 : scale * (Float($0) / Float(max(count - 1, 1)) - 0.5)
            }
            writer.add(specification.name, Tensor(shape: specification.shape, values: values))
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "model-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: file) }
        try writer.write(to: file.path)
        return try Checkpoint.load(path: file.path)
    }

    private func pixels(_ picture: PageReader.Element, side: Int) throws -> [[UInt8]] {
        let source = try #require(picture.attributes["src"]).dropFirst("data:image/png;base64,".count)
        let file = try #require(Data(base64Encoded: String(source)))
        // Sizes below seven are neither resized nor cropped.
        let image = try ImageLoader(Preprocessing(imageSize: side)).load(bytes: Array(file), name: "picture")
        #expect(image.width == side && image.height == side)
        return (0..<side * side).map { Array(image.pixels[3 * $0..<3 * $0 + 3]) }
    }

    @Test(arguments: [spe, plain])
    func `the page is well-formed and has every layer with its numbers`(name: String) throws {
        let checkpoint = try Self.checkpoint(name)
        let page = try PageReader(ModelPage(checkpoint, name: "m<1>.pth").html)
        page.expectGoodManners()
        #expect(page.texts("h1") == ["Model m<1>.pth"])
        #expect(page.texts("h2") == ["Network", "First convolution", "Token mixing", "Weights", "File"])
        for specification in checkpoint.network.graph.parameterSpecifications where specification.shape.count > 1 {
            let name = specification.name.dropLast(".weight".count)
            let count = specification.shape.reduce(1, *)
            let start = "\(name) | \(specification.shape.map { "\($0)" }.joined(separator: " x ")) | "
            let ends = count > 1 ? " | -0.5000 | 0.5000 | " : " | -0.5000 | -0.5000 | "
            #expect(page.rows.contains { $0.hasPrefix(start) && $0.contains(ends) }, "\(start)")
        }
        #expect(page.rows.contains { $0.hasPrefix("8 x 8 | ") })
    }

    @Test func `a filter's picture has the weights of red, green and blue at their pixels, grey for 0`() throws {
        let page = try PageReader(ModelPage(Self.checkpoint(Self.spe), name: "m").html)
        let picture = try #require(page.all("img").first { $0.attributes["alt"]?.hasPrefix("filter 8,") == true })
        let found = try pixels(picture, side: 4)
        // The last filter's weights rise to one half, its largest magnitude, over 48 of 432 places.
        let weights = (384..<432).map { Float($0) / 431 - 0.5 }
        for (place, color) in found.enumerated() {
            #expect(color == (0..<3).map { UInt8((127.5 + 127.5 * weights[$0 * 16 + place] / 0.5).rounded()) })
        }
    }

    @Test func `a receptive field has row weights along the token's row and column weights along its column, on the token grid`() throws {
        let page = try PageReader(ModelPage(Self.checkpoint(Self.spe), name: "m", rows: 4).html)
        // Block 1 has 4 x 4 tokens; weights rise from -1/2, at place 0, to 1/2, at place 15.
        let picture = try #require(
            page.all("img").first { $0.attributes["alt"] == "Block 1, receptive field of the token in row 4 and column 4" })
        let found = try pixels(picture, side: 4)
        let none: [UInt8] = [222, 224, 227]
        for row in 0..<4 {
            for column in 0..<4 {
                let color = found[4 * row + column]
                if row != 3 && column != 3 {
                    #expect(color == none)
                } else {
                    // All weights of the last rows are above 0: red, the more the darker.
                    #expect(color[0] > color[2] && color != none, "\(row) \(column)")
                }
            }
        }
        #expect(found[12] == found[3] && found[15] == [103, 0, 31])
        let matrix = try #require(page.all("img").first { $0.attributes["alt"] == "Block 1, 4 x 4 weights along rows" })
        let cells = try pixels(matrix, side: 4)
        #expect(cells[0] == [5, 48, 97] && cells[15] == [103, 0, 31])
        #expect(page.texts("p").contains { $0.contains("4 of 4 receptive fields are shown") })
    }

    @Test func `as many rows are shown as were asked for, and the page says of how many`() throws {
        for (rows, shown) in [(0, 0), (3, 3), (100, 8)] {
            let page = try PageReader(ModelPage(Self.checkpoint(Self.spe), name: "m", rows: rows).html)
            let fields = page.all("img").filter { $0.attributes["alt"]?.hasPrefix("Block 0, receptive") == true }
            #expect(fields.count == shown)
            #expect(page.texts("p").contains { $0.contains("\(shown) of 8 receptive fields are shown") })
        }
    }

    @Test(arguments: [0, .leastNormalMagnitude, 1e-30, 1e30, .greatestFiniteMagnitude] as [Float])
    func `weights that are all zero, or as small or large as they can be, make a page`(scale: Float) throws {
        let checkpoint = try Self.checkpoint(Self.spe, scale: scale)
        try PageReader(ModelPage(checkpoint, name: "m").html).expectGoodManners()
    }
}
