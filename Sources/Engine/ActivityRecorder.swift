package import Networks

/// Counts spikes and synaptic operations of one forward pass, and keeps the spikes themselves where a trace is wanted.
package struct ActivityRecorder: Sendable {
    package let groups: [NeuronGroup]
    package let layers: [SynapticLayer]
    package let steps: Int
    /// Spikes, `[group][step]`, summed over images.
    package private(set) var spikes: [[Int]]
    /// Synaptic operations, `[layer][step]`, summed over images.
    package private(set) var operations: [[Int]]
    /// Synaptic operations of the layers that read counts or means, with each input that is not 0 counted once; of others, 0.
    private var effective: [[Int]]
    /// The spikes of each group in PyTorch's order, `[steps, ...]` as uint8; only where tracing.
    package private(set) var traces: [[UInt8]]
    package let isTracing: Bool
    /// Of each layer, how many output rows and columns read a row and a column of its input.
    private let reach: [(rows: [Int], columns: [Int])]

    package init(network: Network, steps: Int, isTracing: Bool) {
        self.groups = network.activity.groups
        self.layers = network.activity.layers
        self.steps = steps
        self.spikes = Array(repeating: Array(repeating: 0, count: steps), count: groups.count)
        self.operations = Array(repeating: Array(repeating: 0, count: steps), count: layers.count)
        self.effective = operations
        self.traces = Array(repeating: [], count: groups.count)
        self.isTracing = isTracing
        self.reach = layers.map { ($0.reach(ofRows: true), $0.reach(ofRows: false)) }
    }

    /// Forgets the image before.
    package mutating func reset() {
        for group in groups.indices {
            for step in 0..<steps { spikes[group][step] = 0 }
            traces[group].removeAll(keepingCapacity: true)
        }
        for layer in layers.indices {
            for step in 0..<steps {
                operations[layer][step] = 0
                effective[layer][step] = 0
            }
        }
    }

    /// ``operations`` with each input that is not 0 counted once, whatever count or mean it is.
    package var effectiveOperations: [[Int]] {
        layers.indices.map { layers[$0].counted == nil ? operations[$0] : effective[$0] }
    }

    /// Counts what a neuron group fired.
    package mutating func recordSpikes(group: Int, _ map: SpikeMap) {
        for frame in 0..<map.frames {
            spikes[group][frame % steps] += map.count(frame: frame)
        }
        if isTracing {
            trace(group: group, map)
        }
    }

    /// Counts the synaptic operations that a layer does on the spikes it reads.
    package mutating func recordOperations(layer: Int, _ map: SpikeMap) {
        recordOperations(layer: layer, frames: map.frames) { map.count(frame: $0, token: $1) }
    }

    /// Counts the synaptic operations of a layer that reads counts: each counts as that many spikes.
    ///
    /// - Parameter count: the number of spikes at a frame's position.
    package mutating func recordOperations(layer: Int, frames: Int, count: (_ frame: Int, _ position: Int) -> Int) {
        for frame in 0..<frames {
            operations[layer][frame % steps] += reached(by: layer) { count(frame, $0) }
        }
    }

    /// Counts inputs that are not 0 of a layer that reads counts or means.
    ///
    /// - Parameter count: the number of them at a frame's position of what it reads.
    package mutating func recordEffective(layer: Int, frames: Int, count: (_ frame: Int, _ position: Int) -> Int) {
        let isMean = layers[layer].counted != layers[layer].source
        for frame in 0..<frames {
            effective[layer][frame % steps] +=
                isMean ? count(frame, 0) * layers[layer].outputsPerPosition : reached(by: layer) { count(frame, $0) }
        }
    }

    private func reached(by layer: Int, count: (_ position: Int) -> Int) -> Int {
        let (rows, columns) = reach[layer]
        var reached = 0
        for row in rows.indices {
            for column in columns.indices {
                reached += count(row * columns.count + column) * rows[row] * columns[column]
            }
        }
        return reached * layers[layer].outputsPerPosition
    }

    /// Counts spikes that were counted elsewhere.
    package mutating func addSpikes(_ count: Int, group: Int, step: Int) {
        spikes[group][step] += count
    }

    /// Counts synaptic operations that were counted elsewhere; those of a product only its engine can tell.
    package mutating func addOperations(_ count: Int, layer: Int, step: Int) {
        operations[layer][step] += count
    }

    /// Keeps the spikes of one image.
    package mutating func trace(group: Int, _ map: SpikeMap) {
        let (height, width, channels) = (groups[group].height, groups[group].width, groups[group].channels)
        traces[group].reserveCapacity(traces[group].count + map.frames * groups[group].neurons)
        for frame in 0..<map.frames {
            func append(row: Int, column: Int, channel: Int) {
                traces[group].append(map.contains(frame: frame, token: row * width + column, channel: channel) ? 1 : 0)
            }
            switch groups[group].layout {
            case .channels, .shaped:
                for channel in 0..<channels {
                    for row in 0..<height { for column in 0..<width { append(row: row, column: column, channel: channel) } }
                }
            case .rows:
                for row in 0..<height {
                    for channel in 0..<channels { for column in 0..<width { append(row: row, column: column, channel: channel) } }
                }
            case .columns:
                for column in 0..<width {
                    for channel in 0..<channels { for row in 0..<height { append(row: row, column: column, channel: channel) } }
                }
            case .tokens:
                for row in 0..<height {
                    for column in 0..<width { for channel in 0..<channels { append(row: row, column: column, channel: channel) } }
                }
            }
        }
    }
}
