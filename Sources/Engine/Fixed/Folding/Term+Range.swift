internal import Networks
internal import SpikeKernels

/// What one term of a current can come to, by channel.
struct TermRange {
    var lowest: [Double]
    var highest: [Double]
    /// The largest weight before factors of positions and time steps.
    var weights: [Double]
}

/// What a term's own sums can come to before factors of positions and time steps, by channel.
typealias InnerRange = (lowest: [Double], highest: [Double], weights: [Double])

extension Term {
    /// Whether it adds a number of spikes times one constant.
    var isCounted: Bool {
        switch source {
        case .spikes, .positions, .attention: true
        default: false
        }
    }

    /// - Parameter isContracted: whether tokens with larger factors than most have units of their own, so that these do not count.
    func range(_ folder: Folder, stored: [Int: CurrentRange], isContracted: Bool) -> TermRange {
        let inner = inner(folder, stored: stored)
        var range = TermRange(lowest: inner.lowest, highest: inner.highest, weights: inner.weights)
        guard let outer else { return range }
        let times = outer.time.isEmpty ? [1] : outer.time
        let isAxis = if case .mix = source { true } else { false }
        var (scales, shifts) = (outer.scale, outer.shift)
        if isContracted {
            let (scale, shift) = (Self.most(of: outer.scale), Self.most(of: outer.shift))
            (scales, shifts) = ([-scale, scale], [-shift, shift])
        } else if outer.scale.count > 1 {
            scales = [outer.scale.min() ?? 0, outer.scale.max() ?? 0]
            shifts = [outer.shift.min() ?? 0, outer.shift.max() ?? 0]
        }
        for channel in range.lowest.indices {
            let bias = isAxis ? 0 : outer.bias[channel]
            var (low, high) = (Double.infinity, -Double.infinity)
            for time in times {
                for scale in scales {
                    for shift in shifts {
                        for end in [inner.lowest[channel], inner.highest[channel]] {
                            let value = ((end + bias) * scale + shift) * time
                            low = min(low, value)
                            high = max(high, value)
                        }
                    }
                }
            }
            (range.lowest[channel], range.highest[channel]) = (low, high)
        }
        return range
    }

    /// A magnitude that all but the largest twentieth stay within.
    static func most(of values: [Double]) -> Double {
        let sorted = values.map(abs).sorted()
        return sorted.isEmpty ? 0 : sorted[(sorted.count - 1) * 19 / 20]
    }

    /// The same before factors of positions and time steps.
    func inner(_ folder: Folder, stored: [Int: CurrentRange]) -> InnerRange {
        let channels = factor.count
        let zeros = Array(repeating: 0.0, count: channels)
        func amplitude(_ count: Int) -> InnerRange {
            let reach = factor.map { $0 * Double(count) }
            return (reach.map { min($0, 0) }, reach.map { max($0, 0) }, factor.map(abs))
        }
        switch source {
        case .rows(let planes, let window, let shares):
            let bounds = layer?.bounds() ?? RealLayer.Bounds(lowest: zeros, highest: zeros, weights: zeros)
            let count = Double(planes.count * (shares ? window?.taps ?? 1 : 1))
            return (bounds.lowest.map { $0 * count }, bounds.highest.map { $0 * count }, bounds.weights)
        case .window:
            let bounds = layer?.bounds() ?? RealLayer.Bounds(lowest: zeros, highest: zeros, weights: zeros)
            return (bounds.lowest, bounds.highest, bounds.weights)
        case .spikes(let planes):
            return amplitude(planes.count)
        case .positions(let planes):
            return amplitude(planes.count * positions(of: planes, folder))
        case .current(let node):
            guard let range = stored[node] else { return (zeros, zeros, zeros) }
            return (range.lowest, range.highest, zeros)
        case .products(let node, let window):
            return products(stored[node], taps: window.taps)
        case .image:
            return image(folder)
        case .mix:
            let bounds = layer?.bounds() ?? RealLayer.Bounds(lowest: zeros, highest: zeros, weights: zeros)
            let bias = outer?.bias ?? Array(repeating: 0, count: bounds.lowest.count)
            let lowest = zip(bounds.lowest, bias).map(+).min() ?? 0
            let highest = zip(bounds.highest, bias).map(+).max() ?? 0
            let largest = bounds.weights.max() ?? 0
            return (zeros.map { _ in lowest }, zeros.map { _ in highest }, zeros.map { _ in largest })
        case .attention(let query, _, _, let heads):
            return amplitude(positions(of: query, folder) * channels / heads)
        }
    }

    private func positions(of planes: [[SpikeSlice]], _ folder: Folder) -> Int {
        planes.first?.first.map { $0.node >= 0 ? positions(of: $0.node, folder) : 1 } ?? 1
    }

    private func positions(of spikes: Int, _ folder: Folder) -> Int {
        folder.derived(spikes)?.positions ?? folder.features[spikes].positions
    }

    private func products(_ range: CurrentRange?, taps: Int) -> InnerRange {
        guard let layer, let range else { return (factor, factor, factor) }
        var row = Array(repeating: 0.0, count: layer.inputs)
        // Each channel may be convolved by itself.
        let isByChannel = layer.inputs == taps && range.channels == layer.outputs
        var reach: [Double] = []
        var weights: [Double] = []
        for output in 0..<layer.outputs {
            layer.fill(output, &row)
            reach.append(
                row.indices.reduce(0) { sum, place in
                    sum + abs(row[place]) * range.worst(isByChannel ? output : place % range.channels)
                })
            weights.append(row.reduce(0) { max($0, abs($1)) })
        }
        return (reach.map { -$0 }, reach, weights)
    }

    private func image(_ folder: Folder) -> InnerRange {
        guard let layer else { return (factor, factor, factor) }
        var row = Array(repeating: 0.0, count: layer.inputs)
        var (lowest, highest, weights) = ([Double](), [Double](), [Double]())
        for output in 0..<layer.outputs {
            layer.fill(output, &row)
            let range = folder.normalization.range(ofSum: row)
            lowest.append(range.lowerBound)
            highest.append(range.upperBound)
            weights.append(row.reduce(0) { max($0, abs($1)) })
        }
        return (lowest, highest, weights)
    }
}

extension PixelNormalization {
    /// What a sum of weighted pixels can be, padding with zeros among them.
    ///
    /// - Parameter weights: `[taps, 3]`
    func range(ofSum weights: [Double]) -> ClosedRange<Double> {
        let darkest = (0..<3).map { min(-means[$0] / deviations[$0], 0) }
        let brightest = (0..<3).map { max((1 - means[$0]) / deviations[$0], 0) }
        var (low, high) = (0.0, 0.0)
        for (place, weight) in weights.enumerated() {
            let ends = (weight * darkest[place % 3], weight * brightest[place % 3])
            low += min(ends.0, ends.1)
            high += max(ends.0, ends.1)
        }
        return low...max(low, high)
    }
}
