import Diagnostics
import ImageInput
import Networks
import Testing

@Suite struct PreprocessingRecipeTests {
    /// A test image's pixels by a recipe, named as in an identifier without its beginning.
    private func pixels(_ recipe: String, _ load: (ImageLoader) throws -> LoadedImage) throws -> [UInt8] {
        try load(ImageLoader(Preprocessing(PreprocessingRecipe(identifier: "pillow13-\(recipe)")))).pixels
    }

    @Test func `every golden image gives Pillow's pixels by every recipe`() throws {
        let expected = try GoldenPreprocessing.expectedPixels("recipes")
        #expect(expected.count == 144)
        for (name, golden) in expected {
            let parts = name.split(separator: "/").map(String.init)
            let found = try pixels(parts[1]) { try $0.load(path: GoldenPreprocessing.path(of: parts[0])) }
            #expect(found == golden, "\(name)")
        }
    }

    /// Size of an image, recipe, SHA-256 of what Pillow 13.0.0 and torchvision's crop give for the pattern below.
    static let shapes: [(width: Int, height: Int, recipe: String, hash: String)] = [
        (40, 90, "nearest-37-crop-16", "a90917be0f28ee39f757f014f6e1d96a6eca3730682124185dcdaf2f6eca8ba0"),
        (90, 40, "nearest-101-crop-96", "163c7fedd67a5f714625aa2d80007eda7365ae4525b33b130bf533b4f6451972"),
        (3, 7, "nearest-50-crop-64", "4f7f8b73e2041a9621c34f62ac521d162bfd2a21e0803156c50412f5fac926c3"),
        (333, 500, "nearest-48x48-crop-48", "b73b2ccbe58eac0ac9b3723254719f506e9bd6715a412c231587e358e3132ecd"),
        (500, 333, "nearest-97x97-crop-30", "d42b953274a34fa6aed4497890e1448d1f1f5d7216c50414a1df2b89968b97a7"),
        (40, 90, "lanczos-20-crop-16", "8a774ec93ada5808a07b271aca94d0ad91d3ab6f54d0b72ad58f5c8b1a1c5412"),
        (5, 4, "lanczos-60-crop-64", "acd226df9a9c8052c5663eb2b065090b7326c9d835004b58d04c12944cc39810"),
        (200, 30, "hamming-31-crop-31", "385761241e11c314f7540fa7bb9940a97131cd2b2b4fe7add93aa3666d2d8ef1"),
        (30, 200, "hamming-40x40-crop-33", "0c3e2e93a5207e9d8e081f29a2b93a64ab06c707669093d279dbf6a4f95f965a"),
        (1, 1, "box-5-crop-9", "9fff6a7001b2f7d3cb6151cd13baa0f1408388f5c8866cdd58089dc296b75d62"),
        (61, 47, "box-30-crop-51", "0cc729f2296b2b61a66c54806d82bb4153cbd96b1e9211cd20f77c5e4894d511"),
        (250, 620, "bilinear-7-crop-16", "8bf2dbf39e1b5a2de17e70c85173d0bd1a168b0f836e0bec26b7e953843488e8"),
        (620, 250, "bilinear-7-crop-200", "71c524903adf6624204341a88be41035a40a772bffd2a21e6d96e434c7b2cb07"),
        (64, 64, "bilinear-64-crop-64", "b19308854a8fa4224c3b17d9e42e69da2bfe72209adb397e0cf898f072e758b6"),
        (17, 91, "bicubic-5x5-crop-8", "f945ae2c00d3e85e90e4b7a8f8afacac0400a69bce7fc51e3eeb4638bfe05b36"),
        (91, 17, "lanczos-1-crop-3", "8ea380c873edae07d80aff45e5059268252d7a71d8d467b756d921955104482d"),
    ]

    @Test(arguments: shapes.indices)
    func `edges of a resize give Pillow's pixels, and black surrounds an image that is smaller than its crop`(index: Int) throws {
        let shape = Self.shapes[index]
        let file = PNGWriter.rgb(width: shape.width, height: shape.height) { x, y, channel in x * 7 + y * 13 + channel * 50 + x * y }
        let found = try pixels(shape.recipe) { try $0.load(bytes: file, name: "pattern") }
        #expect(ContentHash(of: found).description == shape.hash, "\(shape)")
    }

    @Test func `an image that a resize would make endless is refused`() throws {
        let file = PNGWriter.rgb(width: 1, height: 60000) { _, _, _ in 77 }
        let recipe = try PreprocessingRecipe(interpolation: .nearest, resize: .shortSide(16000), cropSize: 8)
        let failure = try #require(throws: Failure.self) {
            try ImageLoader(Preprocessing(recipe)).load(bytes: file, name: "line")
        }
        #expect(failure.code == .imageShape && failure.message.contains("line"))
    }

    @Test func `the standard recipe has the name that runs have always had`() throws {
        #expect(try PreprocessingRecipe(cropSize: 224).identifier == "pillow13-bicubic-256-crop-224")
        #expect(try PreprocessingRecipe(cropSize: 64).identifier == "pillow13-bicubic-73-crop-64")
    }

    @Test(arguments: [
        "pillow13-bilinear-256-crop-224", "pillow13-lanczos-96x96-crop-96", "pillow13-nearest-80-crop-96",
        "pillow13-bicubic-248-crop-224-mean-0.5,0.5,0.5-std-0.5,0.5,0.5", "pillow13-box-1-crop-1-mean--1.0,0.0,1e-05-std-1.0,1e-06,255.0",
    ])
    func `a recipe is made of its name again`(identifier: String) throws {
        #expect(try PreprocessingRecipe(identifier: identifier).identifier == identifier)
    }

    @Test(arguments: [
        "", "p", "pillow12-bicubic-256-crop-224", "pillow13-cubic-256-crop-224", "pillow13-bicubic-256-crop", "pillow13-bicubic-0-crop-224",
        "pillow13-bicubic-256x255-crop-224", "pillow13-bicubic-256-crop-0", "pillow13-bicubic-256-crop-9000",
        "pillow13-bicubic-+256-crop-224",
        "pillow13-bicubic-256-crop-224-mean-0.485,0.456,0.406-std-0.229,0.224,0.225", "pillow13-bicubic-99999-crop-224",
        "pillow13-bicubic-256-crop-224-mean-0.5,0.5-std-0.5,0.5,0.5", "pillow13-bicubic-256-crop-224-mean-0.5,0.5,nan-std-0.5,0.5,0.5",
        "pillow13-bicubic-256-crop-224-mean-0.5,0.5,0.5-std-0.5,0.5,0", "pillow13-bicubic-256-crop-224-mean-0.50,0.5,0.5-std-0.5,0.5,0.5",
        "pillow13-bicubic-256-crop-224-std-0.5,0.5,0.5", "pillow13-bicubic-256-crop-224 ",
    ])
    func `a name that no recipe has is refused, and every recipe has one name`(identifier: String) throws {
        let failure = try #require(throws: Failure.self) { try PreprocessingRecipe(identifier: identifier) }
        #expect(failure.code == .recipeUnusable)
    }

    @Test func `what is not asked for is as the default has it`() throws {
        let published = try PreprocessingRecipe(interpolation: .bicubic, cropFraction: 0.95, cropSize: 96)
        #expect(published.resize == .shortSide(101))
        func identifier(_ make: (PreprocessingRecipe) throws -> PreprocessingRecipe) throws -> String { try make(published).identifier }
        #expect(try identifier { try PreprocessingRecipe(default: $0) } == "pillow13-bicubic-101-crop-96")
        #expect(try identifier { try PreprocessingRecipe(default: $0, interpolation: .box) } == "pillow13-box-101-crop-96")
        #expect(try identifier { try PreprocessingRecipe(default: $0, cropFraction: 0.875) } == "pillow13-bicubic-109-crop-96")
        #expect(try identifier { try PreprocessingRecipe(default: $0, resize: .square(96)) } == "pillow13-bicubic-96x96-crop-96")
        let half = try PixelNormalization(means: [0.5, 0.5, 0.5], deviations: [0.5, 0.5, 0.5])
        #expect(
            try identifier { try PreprocessingRecipe(default: $0, normalization: half) }
                == "pillow13-bicubic-101-crop-96-mean-0.5,0.5,0.5-std-0.5,0.5,0.5")
        for fraction in [0, -1, .nan, .infinity, 1e-9, 1e9] {
            #expect(throws: Failure.self) { try PreprocessingRecipe(cropFraction: fraction, cropSize: 96) }
        }
    }

    @Test func `a recipe at another size shows the same part of the image`() throws {
        let recipe = try PreprocessingRecipe(cropSize: 224)
        #expect(try recipe.scaled(toCropSize: 112).identifier == "pillow13-bicubic-128-crop-112")
        #expect(try recipe.scaled(toCropSize: 224) == recipe)
        #expect(try PreprocessingRecipe(resize: .square(1), cropSize: 8).scaled(toCropSize: 1).resize == .square(1))
    }
}
