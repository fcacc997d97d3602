/// The colours of heat maps, which grow evenly in darkness by day (ColorBrewer's YlGnBu) and in lightness by night (viridis): little is near
/// the paper's colour in both, and colour-blind people can read them.
enum HeatColor {
    static let levels = 24

    /// Level of a fraction from 0 to 1.
    static func level(of fraction: Double) -> Int {
        guard fraction.isFinite else { return 0 }
        return min(max(Int(fraction * Double(levels)), 0), levels - 1)
    }

    /// `#rrggbb` of a level.
    static func level(_ level: Int, day: Bool) -> String {
        let fraction = Double(level) / Double(levels - 1)
        return hexadecimal(blend(fraction, day ? dayStops : nightStops))
    }

    private static let dayStops: [SIMD3<Double>] = [
        [250, 252, 232], [237, 248, 177], [199, 233, 180], [127, 205, 187], [65, 182, 196], [29, 145, 192], [34, 94, 168], [37, 52, 148],
        [8, 29, 88],
    ]
    private static let nightStops: [SIMD3<Double>] = [
        [42, 14, 60], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141], [39, 173, 129], [92, 200, 99], [170, 220, 50],
        [253, 231, 37],
    ]

    private static func blend(_ fraction: Double, _ stops: [SIMD3<Double>]) -> SIMD3<Double> {
        let place = min(max(fraction, 0), 1) * Double(stops.count - 1)
        let below = min(Int(place), stops.count - 2)
        return stops[below] + (stops[below + 1] - stops[below]) * (place - Double(below))
    }

    private static func hexadecimal(_ color: SIMD3<Double>) -> String {
        "#"
            + (0..<3).map { index in
                let digits = String(Int(color[index].rounded()), radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }
}
