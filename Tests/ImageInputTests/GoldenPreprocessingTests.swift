import Diagnostics
import ImageInput
import Testing

@Suite("Preprocessing against Pillow")
struct GoldenPreprocessingTests {
    @Test("Every golden image gives Pillow's pixels at both sizes, also with memory that other images used before", arguments: [224, 64])
    func goldenPixels(size: Int) throws {
        let expected = try GoldenPreprocessing.expectedPixels()
        let loader = ImageLoader(try Preprocessing(imageSize: size))
        let cases = GoldenPreprocessing.cases.filter(\.ok)
        #expect(cases.count == 16)
        for golden in cases + cases.reversed() {
            let image = try loader.load(path: GoldenPreprocessing.path(of: golden.file))
            #expect([image.width, image.height] == golden.size)
            #expect(image.pixels == expected["\(golden.file)/\(size)"], "\(golden.file) at \(size)")
        }
    }

    @Test("Every bad golden image is refused with a failure that names it", arguments: GoldenPreprocessing.cases.filter { !$0.ok })
    func badImages(golden: GoldenPreprocessing.Case) throws {
        let codes: [String: Failure.Code] = [
            "truncated.jpg": .imageTruncated, "empty.jpg": .imageFormat, "text.jpg": .imageFormat, "header_only.jpg": .imageTruncated,
            "bomb.jpg": .imagePixelLimit,
        ]
        let path = GoldenPreprocessing.path(of: golden.file)
        let failure = try #require(throws: Failure.self) { try ImageLoader(Preprocessing(imageSize: 64)).load(path: path) }
        #expect(failure.code == codes[golden.file])
        #expect(failure.message.contains(path))
        #expect(failure.remedy != nil)
    }

    @Test("A lower pixel limit refuses an image that has more", arguments: ["baseline_420.jpg", "rgba.png"])
    func pixelLimit(file: String) throws {
        let bytes = try GoldenPreprocessing.bytes(of: file)
        let pixels = file == "rgba.png" ? 190 * 170 : 500 * 375
        _ = try ImageLoader(Preprocessing(imageSize: 64, pixelLimit: pixels)).load(bytes: bytes, name: file)
        let failure = try #require(throws: Failure.self) {
            try ImageLoader(Preprocessing(imageSize: 64, pixelLimit: pixels - 1)).load(bytes: bytes, name: file)
        }
        #expect(failure.code == .imagePixelLimit)
    }

    /// Size of the image, size of the input, SHA-256 of what Pillow 13.0.0 gives for `pattern`.
    private static let shapes: [(width: Int, height: Int, size: Int, hash: String)] = [
        (40, 90, 16, "38bf067e8ce89854c189e63ffc5a4595d134e977b803d9a29b1b2e88330a6e65"),
        (90, 40, 16, "4d9108d202687627e4f2b1900586dcc89addd7fb5d6f41ad9b5d00161c512cc7"),
        (40, 80, 16, "5f70e86cd0f5b6d213ef8e836a6ab54a0e54f6aa31d61c3424dc580edf07dc85"),
        (40, 81, 16, "38de6e582442e97196211a7c2780d9d326011cad2fe5bbbbadaeecebcb404ef9"),
        (1, 1, 16, "48e735f363bacb2f837618e5fcb87100d77c43b0da350af5033d0a6551b54526"),
        (1, 300, 16, "9a56577f4956ed92643e0667bcfdcc7fcd5378897f595428b0c5bcab621fa0fe"),
        (300, 1, 16, "bd3029bb6d506294c25c98615aa5a7cd9caef05997b4f7ac097769ce521e7053"),
        (18, 18, 16, "8588b8ef680115de841bd810033bc680d1f7e9c57366d527c39198cdbc32e12c"),
        (18, 60, 16, "bd305c81c6f2910ac023bfac5a5172264c36006a53c9d96005cf86a0e6f081bd"),
        (10, 40, 16, "7f8cbae30f20ed5c07e4cccb28bf45cd6eb7f0f387b015319fe6e6cf9563b755"),
        (333, 500, 224, "4c1d9fb585911538ad3991def72b4d48d6987a26d34603819944fc28b7cf6bcb"),
        (250, 620, 224, "709a3e1d16dfcb48bb52360e1427756247619ceb2d092dd57377758743ae253f"),
        (3000, 7, 8, "6e2b1bdf088240925417a3842dbbbd38b988a849d7365b181975147fd171008b"),
        (7, 3000, 8, "3f149bce15aba67e5bbd6ac109d19ca362dd51af9f700d1db82cc11f2a40bf52"),
        (37, 53, 1, "d8d83e152275cdecf91efea09d7aebf3060c10fe7042abaabf8b5df0c6d36173"),
        (37, 53, 7, "e14a9630a735c890338ce7081e7150d5438e93fe6b24d7da5b6766b940a35645"),
    ]

    @Test("Sizes at the edges of the resize give Pillow's pixels: tall, wide, tiny, enlarged, and unchanged", arguments: shapes.indices)
    func edgeShapes(index: Int) throws {
        let shape = Self.shapes[index]
        let file = PNGWriter.rgb(width: shape.width, height: shape.height) { x, y, channel in x * 7 + y * 13 + channel * 50 + x * y }
        let image = try ImageLoader(Preprocessing(imageSize: shape.size)).load(bytes: file, name: "pattern")
        #expect(ContentHash(of: image.pixels).description == shape.hash, "\(shape)")
    }

    @Test("An image of 1 by 60000 pixels takes only the memory that its crop needs")
    func extremeAspect() throws {
        let file = PNGWriter.rgb(width: 1, height: 60000) { _, _, _ in 77 }
        let image = try ImageLoader(Preprocessing(imageSize: 224)).load(bytes: file, name: "line")
        #expect(image.pixels == [UInt8](repeating: 77, count: 224 * 224 * 3))
    }

    @Test("Unusable sizes and limits are refused")
    func sizes() throws {
        #expect(throws: Failure.self) { try Preprocessing(imageSize: 0) }
        #expect(throws: Failure.self) { try Preprocessing(imageSize: 9000) }
        #expect(throws: Failure.self) { try Preprocessing(imageSize: 224, pixelLimit: 0) }
    }
}
