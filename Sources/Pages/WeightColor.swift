/// Weights as colours: white is 0, blue below and red above, as far as the scale's end. Colour-blind people tell the two apart
/// (ColorBrewer's RdBu).
enum WeightColor {
    /// Where there is no weight.
    static let none: (UInt8, UInt8, UInt8) = (222, 224, 227)

    private static let below: [SIMD3<Double>] = [[255, 255, 255], [209, 229, 240], [103, 169, 207], [33, 102, 172], [5, 48, 97]]
    private static let above: [SIMD3<Double>] = [[255, 255, 255], [253, 219, 199], [239, 138, 98], [178, 24, 43], [103, 0, 31]]

    /// The colour of `weight` where the scale ends at `most` on both sides.
    static func rgb(_ weight: Float, most: Float) -> (UInt8, UInt8, UInt8) {
        guard most > 0, weight.isFinite else { return (255, 255, 255) }
        let stops = weight < 0 ? below : above
        let place = Double(min(abs(weight) / most, 1)) * Double(stops.count - 1)
        let first = min(Int(place), stops.count - 2)
        let color = stops[first] + (stops[first + 1] - stops[first]) * (place - Double(first))
        return (UInt8(color.x.rounded()), UInt8(color.y.rounded()), UInt8(color.z.rounded()))
    }
}
