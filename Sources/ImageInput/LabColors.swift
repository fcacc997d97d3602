import Glibc

/// CIELab of eight bits as Pillow hands it to Little CMS, whose arithmetic this is: sRGB in 16 bits for 33 values of each component, and
/// between these the tetrahedron of them that a colour lies in.
enum LabColors {
    /// Turns L, a, b and a byte of no meaning, as TIFF stores them (a and b have a sign), into R, G, B and a byte of no meaning, in place.
    static func convertToRGB(_ pixels: UnsafeMutablePointer<UInt8>, pixelCount: Int) {
        nodes.withUnsafeBufferPointer { nodes in
            for pixel in 0..<pixelCount {
                let color = pixels + 4 * pixel
                let (lightness, a, b) = (
                    place(color[0], stride: 3 * 33 * 33), place(color[1] ^ 128, stride: 3 * 33), place(color[2] ^ 128, stride: 3)
                )
                // The way from the node below the colour to the one above it goes along the component that is furthest from its node first.
                var (first, second, third) = (lightness, a, b)
                if first.rest < second.rest { swap(&first, &second) }
                if second.rest < third.rest { swap(&second, &third) }
                if first.rest < second.rest { swap(&first, &second) }
                let below = lightness.node + a.node + b.node
                for channel in 0..<3 {
                    let start = Int(nodes[below + channel])
                    let afterFirst = Int(nodes[below + channel + first.step])
                    let afterSecond = Int(nodes[below + channel + first.step + second.step])
                    let end = Int(nodes[below + channel + first.step + second.step + third.step])
                    let way =
                        (afterFirst - start) * first.rest + (afterSecond - afterFirst) * second.rest + (end - afterSecond) * third.rest
                    let rounded = way + 0x8001
                    let value = start + (rounded + rounded >> 16) >> 16
                    color[channel] = UInt8(truncatingIfNeeded: (value * 65281 + 1 << 23) >> 24)
                }
            }
        }
    }

    /// Where a component lies: the node at or below it, the step to the next one, and how far it is on the way there, in 65536ths.
    private static func place(_ component: UInt8, stride: Int) -> (node: Int, step: Int, rest: Int) {
        let scaled = Int(component) * 257 * 32
        let position = scaled + (scaled + 0x7FFF) / 0xFFFF
        return (position >> 16 * stride, component == 255 ? 0 : stride, position & 0xFFFF)
    }

    /// R, G, B in 16 bits for each L, a, b: [33, 33, 33, 3].
    private static let nodes: [UInt16] = {
        let components = (0..<33).map { single((Double($0) * 65535 / 32).rounded(.toNearestOrAwayFromZero) / 65535) }
        var nodes: [UInt16] = []
        nodes.reserveCapacity(3 * 33 * 33 * 33)
        for lightness in components {
            for a in components {
                for b in components {
                    let height = (lightness * 100 + 16) / 116
                    let x = single(cube(height + 0.002 * (a * 255 - 128)) * whiteD50.x / encodedXYZLimit)
                    let y = single(cube(height) * whiteD50.y / encodedXYZLimit)
                    let z = single(cube(height - 0.005 * (b * 255 - 128)) * whiteD50.z / encodedXYZLimit)
                    for row in linearFromXYZ { nodes.append(encoded(single(row.x * x + row.y * y + row.z * z))) }
                }
            }
        }
        return nodes
    }()

    /// What a step of the way from Lab to sRGB leaves of a value.
    private static func single(_ value: Double) -> Double { Double(Float(value)) }

    private static let whiteD50 = (x: 0.9642, y: 1.0, z: 0.8249)

    /// The largest X, Y or Z that 16 bits hold, as ICC profiles have them.
    private static let encodedXYZLimit = 1 + 32767.0 / 32768

    /// Linear sRGB from X, Y, Z under D50, as parts of `encodedXYZLimit`: the inverse of the primaries adapted by Bradford's matrix.
    private static let linearFromXYZ = [
        (x: 6.268277080696409, y: -3.2343685646958003, z: -0.9813731532183343),
        (x: -1.9574671393474479, y: 3.8322017178972496, z: 0.06686577801362036),
        (x: 0.14392565943970476, y: -0.4579807585679838, z: 2.8114645655935213),
    ]

    /// The inverse of CIELab's cube root with its straight end.
    private static func cube(_ value: Double) -> Double {
        value <= 24.0 / 116 ? 108.0 / 841 * (value - 16.0 / 116) : value * value * value
    }

    /// sRGB's curve, in 16 bits.
    private static func encoded(_ linear: Double) -> UInt16 {
        let isCurved = linear >= pow((0.04045 + 0.055) / 1.055, 2.4)
        let value = isCurved ? (pow(linear, 1 / 2.4) - 0.055 / 1.055) * 1.055 : linear * 12.92
        return UInt16(min(max((single(value) * 65535 + 0.5).rounded(.down), 0), 65535))
    }
}
