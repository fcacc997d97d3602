internal import Glibc

/// Pillow's ways to resize an image, by their names there.
package enum Interpolation: String, Sendable, Hashable, CaseIterable {
    case nearest, box, bilinear, hamming, bicubic, lanczos

    /// How far the filter reaches, in input pixels of an image that is not made smaller. Nil where one pixel is taken as it is.
    var support: Double? {
        switch self {
        case .nearest: nil
        case .box: 0.5
        case .bilinear, .hamming: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    /// The weight of an input at `distance` from an output's centre, as Pillow's `Resample.c` computes it, operation for operation.
    func weight(_ distance: Double) -> Double {
        let x = abs(distance)
        switch self {
        case .nearest: return 1
        case .box: return distance > -0.5 && distance <= 0.5 ? 1 : 0
        case .bilinear: return x < 1 ? 1 - x : 0
        case .hamming: return Self.hamming(x)
        case .bicubic: return Self.bicubic(x)
        case .lanczos: return distance >= -3 && distance < 3 ? Self.sinc(distance) * Self.sinc(distance / 3) : 0
        }
    }

    /// Keys' cubic convolution kernel with a = -0.5.
    private static func bicubic(_ x: Double) -> Double {
        let a = -0.5
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
        return 0
    }

    /// The window's constants are float32 in Pillow.
    private static func hamming(_ x: Double) -> Double {
        if x == 0 { return 1 }
        if x >= 1 { return 0 }
        let angle = x * Double.pi
        return sin(angle) / angle * (Double(Float(0.54)) + Double(Float(0.46)) * cos(angle))
    }

    private static func sinc(_ x: Double) -> Double {
        if x == 0 { return 1 }
        let angle = x * Double.pi
        return sin(angle) / angle
    }
}
