import Networks
import SpikeKernels

/// What takes no weights, on real values.
extension FeatureMap {
    /// Normalised pixels `[images, 3, height, width]`.
    mutating func setPlanes(_ planes: [Float]) {
        for frame in 0..<frames {
            for position in 0..<positions {
                let first = index(frame: frame, position: position)
                for channel in 0..<channels {
                    values[first + channel] = Double(planes[(frame * channels + channel) * positions + position])
                }
            }
        }
    }

    /// Copies a node's values, which may be constant in time.
    mutating func set(_ value: NodeValue) {
        switch value {
        case .spikes:
            fill(with: 0)
            add(value)
        case .real(let map):
            for frame in 0..<frames {
                let source = map.frame(image: frame / steps, step: frame % steps) * frameSize
                for index in 0..<frameSize { values[frame * frameSize + index] = map.values[source + index] }
            }
        }
    }

    /// Adds a node's values, which may be constant in time; a spike is 1.
    mutating func add(_ value: NodeValue) {
        switch value {
        case .spikes:
            add(value, firstChannel: 0)
        case .real(let map):
            for frame in 0..<frames {
                addValues(
                    &values, targetOffset: frame * frameSize, source: map.values,
                    sourceOffset: map.frame(image: frame / steps, step: frame % steps) * frameSize, count: frameSize)
            }
        }
    }

    /// Adds a node's values to the channels from `firstChannel` on.
    mutating func add(_ value: NodeValue, firstChannel: Int) {
        for frame in 0..<frames {
            for position in 0..<positions {
                let target = index(frame: frame, position: position) + firstChannel
                switch value {
                case .spikes(let map):
                    map.words.forEachBit(firstWord: map.wordIndex(frame: frame, token: position), count: map.wordsPerToken) {
                        values[target + $0] += 1
                    }
                case .real(let map):
                    let source = map.index(frame: map.frame(image: frame / steps, step: frame % steps), position: position)
                    for channel in 0..<map.channels { values[target + channel] += map.values[source + channel] }
                }
            }
        }
    }

    /// Channels, rows and columns become channels.
    mutating func setFlattened(_ map: FeatureMap) {
        for frame in 0..<frames {
            let target = index(frame: frame, position: 0)
            for position in 0..<map.positions {
                let source = map.index(frame: frame, position: position)
                for channel in 0..<map.channels {
                    values[target + channel * map.positions + position] = map.values[source + channel]
                }
            }
        }
    }

    mutating func setPooled(_ map: FeatureMap, _ window: PoolingWindow) {
        fill(with: -.infinity)
        Self.forEachPlace(in: &self, of: window, grid: Extent2(map.height, map.width)) { frame, position, target, y in
            keepLargest(
                &y.values, targetOffset: target, source: map.values, sourceOffset: map.index(frame: frame, position: position),
                count: map.stride)
        }
    }

    /// The mean over each window, or its sum.
    ///
    /// - Parameter grid: of the value.
    mutating func setAverage(_ value: NodeValue, grid: Extent2, _ window: PoolingWindow, isDivided: Bool = true) {
        fill(with: 0)
        switch value {
        case .spikes(let map):
            Self.forEachPlace(in: &self, of: window, grid: grid) { frame, position, target, y in
                map.words.forEachBit(firstWord: map.wordIndex(frame: frame, token: position), count: map.wordsPerToken) {
                    y.values[target + $0] += 1
                }
            }
        case .real(let map):
            Self.forEachPlace(in: &self, of: window, grid: grid) { frame, position, target, y in
                addValues(
                    &y.values, targetOffset: target, source: map.values, sourceOffset: map.index(frame: frame, position: position),
                    count: map.stride)
            }
        }
        guard isDivided else { return }
        let divisor = Double(window.kernel.height * window.kernel.width)
        for index in 0..<size { values[index] /= divisor }
    }

    /// Calls `body` for every place below the window at each output position, in row-major order.
    @inline(__always)
    private static func forEachPlace(
        in y: inout FeatureMap, of window: PoolingWindow, grid: Extent2,
        _ body: (_ frame: Int, _ position: Int, _ target: Int, _ y: inout FeatureMap) -> Void
    ) {
        for frame in 0..<y.frames {
            for output in 0..<y.positions {
                let target = y.index(frame: frame, position: output)
                window.forEachPosition(output: Extent2(output / y.width, output % y.width), grid: grid) { body(frame, $0, target, &y) }
            }
        }
    }
}

extension PoolingWindow {
    /// A window over a feature's whole grid.
    static func whole(_ feature: Feature) -> PoolingWindow {
        PoolingWindow(kernel: Extent2(feature.height, feature.width), stride: .one)
    }

    /// Calls `body` with each position of the grid below the window at an output's row and column, in row-major order.
    @inline(__always)
    func forEachPosition(output: Extent2, grid: Extent2, _ body: (Int) -> Void) {
        let top = output.height * stride.height - padding.height
        let left = output.width * stride.width - padding.width
        for row in max(0, top)..<min(grid.height, top + kernel.height) {
            for column in max(0, left)..<min(grid.width, left + kernel.width) { body(row * grid.width + column) }
        }
    }
}
