package import Diagnostics
internal import Networks

extension PreprocessingRecipe {
    /// The recipe as a run records it, and from which workers make it again: `pillow13-bicubic-256-crop-224`; a resize of both sides as
    /// `96x96`; other constants than ImageNet's behind it, as `-mean-0.5,0.5,0.5-std-0.5,0.5,0.5`.
    ///
    /// Pillow 13 is named because 12 and before give other pixels where an image is more than twice as high as wide (see ``CropGeometry``).
    package var identifier: String {
        let text = "\(Self.prefix)\(interpolation.rawValue)-\(resize)-crop-\(cropSize)"
        guard normalization != .imageNet else { return text }
        return "\(text)-mean-\(Self.text(normalization.means))-std-\(Self.text(normalization.deviations))"
    }

    /// Reads ``identifier``.
    ///
    /// - Throws: `preprocess.recipe` where this program does not make what `identifier` says.
    package init(identifier: String) throws(Failure) {
        guard let recipe = Self.parse(identifier), recipe.identifier == identifier else {
            throw Failure(
                .recipeUnusable, "This program has no preprocessing \(identifier.prefix(200)).",
                remedy: "Use the version of the program that made it.")
        }
        self = recipe
    }

    private static let prefix = "pillow13-"

    private static func text(_ numbers: [Double]) -> String { numbers.map { "\($0)" }.joined(separator: ",") }

    private static func parse(_ identifier: String) -> PreprocessingRecipe? {
        guard identifier.hasPrefix(prefix) else { return nil }
        let rest = identifier.dropFirst(prefix.count)
        var normalization = PixelNormalization.imageNet
        let constants = rest.firstRange(of: "-mean-")
        if let constants {
            let behind = rest[constants.upperBound...]
            guard let middle = behind.firstRange(of: "-std-"),
                let means = numbers(behind[..<middle.lowerBound]), let deviations = numbers(behind[middle.upperBound...]),
                let parsed = try? PixelNormalization(means: means, deviations: deviations)
            else { return nil }
            normalization = parsed
        }
        let parts = rest[..<(constants?.lowerBound ?? rest.endIndex)].split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[2] == "crop", let interpolation = Interpolation(rawValue: String(parts[0])),
            let resize = Resize(String(parts[1])), let cropSize = Int(parts[3])
        else { return nil }
        return try? PreprocessingRecipe(
            interpolation: interpolation, resize: resize, cropSize: cropSize, normalization: normalization)
    }

    private static func numbers(_ text: Substring) -> [Double]? {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        return numbers.contains(nil) ? nil : numbers.compactMap { $0 }
    }
}

extension PreprocessingRecipe.Resize: LosslessStringConvertible {
    /// `256` for the shorter side, `96x96` for both.
    package var description: String {
        switch self {
        case .shortSide(let size): "\(size)"
        case .square(let size): "\(size)x\(size)"
        }
    }

    package init?(_ description: String) {
        let sides = description.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard let side = sides[0], side > 0 else { return nil }
        switch sides.count {
        case 1: self = .shortSide(side)
        case 2 where sides[1] == side: self = .square(side)
        default: return nil
        }
    }
}
