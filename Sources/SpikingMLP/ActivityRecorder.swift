/// Counts spikes and synaptic operations of one forward pass, and keeps the spikes themselves where a trace is wanted.
package struct ActivityRecorder: Sendable {
    package let groups: [LIFGroup]
    package let layers: [SynapticLayer]
    package let steps: Int
    /// Spikes, `[group][step]`, summed over images.
    package private(set) var spikes: [[Int]]
    /// Synaptic operations, `[layer][step]`, summed over images.
    package private(set) var operations: [[Int]]
    /// The spikes of each group in PyTorch's order, `[steps, ...]` as uint8; only where tracing.
    package private(set) var traces: [[UInt8]]
    package let isTracing: Bool
    private let reach: [[Int]]

    package init(architecture: Architecture, steps: Int, isTracing: Bool) {
        self.groups = architecture.lifGroups
        self.layers = architecture.synapticLayers
        self.steps = steps
        self.spikes = Array(repeating: Array(repeating: 0, count: steps), count: groups.count)
        self.operations = Array(repeating: Array(repeating: 0, count: steps), count: layers.count)
        self.traces = Array(repeating: [], count: groups.count)
        self.isTracing = isTracing
        self.reach = layers.map(\.reach)
    }

    /// Forgets the image before.
    package mutating func reset() {
        for group in groups.indices {
            for step in 0..<steps { spikes[group][step] = 0 }
            traces[group].removeAll(keepingCapacity: true)
        }
        for layer in layers.indices {
            for step in 0..<steps { operations[layer][step] = 0 }
        }
    }

    /// Counts what a LIF group fired.
    package mutating func recordSpikes(group: Int, _ map: SpikeMap) {
        for frame in 0..<map.frames {
            spikes[group][frame % steps] += map.count(frame: frame)
        }
        if isTracing {
            appendTrace(group: group, map)
        }
    }

    /// Counts the synaptic operations a layer does on the spikes it reads.
    package mutating func recordOperations(layer: Int, _ map: SpikeMap) {
        for frame in 0..<map.frames {
            operations[layer][frame % steps] += operationCount(layer: layer, map, frame: frame)
        }
    }

    /// Counts spikes that were counted elsewhere.
    mutating func addSpikes(_ count: Int, group: Int, step: Int) {
        spikes[group][step] += count
    }

    /// Counts synaptic operations that were counted elsewhere.
    mutating func addOperations(_ count: Int, layer: Int, step: Int) {
        operations[layer][step] += count
    }

    /// Keeps the spikes of one image.
    mutating func trace(group: Int, _ map: SpikeMap) {
        appendTrace(group: group, map)
    }

    private func operationCount(layer: Int, _ map: SpikeMap, frame: Int) -> Int {
        switch layers[layer].connections {
        case .uniform(let fanOut):
            return map.count(frame: frame) * fanOut
        case .convolution(let outputs, _, _, _):
            let reach = reach[layer]
            var reached = 0
            for token in 0..<map.tokens {
                reached += map.count(frame: frame, token: token) * reach[token / reach.count] * reach[token % reach.count]
            }
            return reached * outputs
        }
    }

    private mutating func appendTrace(group: Int, _ map: SpikeMap) {
        let side = groups[group].side
        let channels = groups[group].channels
        for frame in 0..<map.frames {
            func append(row: Int, column: Int, channel: Int) {
                traces[group].append(map.contains(frame: frame, token: row * side + column, channel: channel) ? 1 : 0)
            }
            switch groups[group].axes {
            case .channels:
                for channel in 0..<channels {
                    for row in 0..<side { for column in 0..<side { append(row: row, column: column, channel: channel) } }
                }
            case .rows:
                for row in 0..<side {
                    for channel in 0..<channels { for column in 0..<side { append(row: row, column: column, channel: channel) } }
                }
            case .columns:
                for column in 0..<side {
                    for channel in 0..<channels { for row in 0..<side { append(row: row, column: column, channel: channel) } }
                }
            case .tokens:
                for row in 0..<side {
                    for column in 0..<side { for channel in 0..<channels { append(row: row, column: column, channel: channel) } }
                }
            }
        }
    }
}
