internal import Diagnostics

/// Values by layer and time step as heat maps: a row for each kind of layer, a column for each block, divided into time steps. Layers that are
/// numbered otherwise, and those that are not numbered, have maps of their own.
struct LayerMaps {
    /// Names as PyTorch has them, and a value for each time step, in the model's order.
    var layers: [(name: String, values: [Double])]
    var most: Double
    var scale: (title: String, low: String, high: String)
    var what: String
    var text: (Double) -> String

    /// No map has more columns: neighbouring time steps are averaged where it would.
    private static let columnLimit = 320

    /// A layer's name with its first number as N, and that number.
    static func kind(of name: String) -> (kind: String, number: Int) {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let place = parts.firstIndex(where: { Int($0).map { (0..<10_000).contains($0) } ?? false }) else { return (name, 0) }
        let number = Int(parts[place]) ?? 0
        parts[place] = "N"
        return (parts.joined(separator: "."), number)
    }

    var markup: Markup {
        let parts = Self.parts(of: layers)
        return parts.enumerated().reduce(into: Markup()) { maps, part in
            maps += map(part.element, nameWidth: nameWidth, withScale: part.offset == parts.count - 1)
        }
    }

    /// Layers that belong on one map: kinds of layer that occur under the same numbers, give or take one; those that occur once come last.
    private static func parts(of layers: [(name: String, values: [Double])]) -> [[(name: String, values: [Double])]] {
        var numbers: [String: Set<Int>] = [:]
        for layer in layers { numbers[kind(of: layer.name).kind, default: []].insert(kind(of: layer.name).number) }
        var parts: [(numbers: Set<Int>, layers: [(name: String, values: [Double])])] = []
        var single: [(name: String, values: [Double])] = []
        for layer in layers {
            let own = numbers[kind(of: layer.name).kind] ?? []
            if own.count < 2 {
                single.append(layer)
            } else if let place = parts.firstIndex(where: { $0.numbers.symmetricDifference(own).count < 2 }) {
                parts[place].layers.append(layer)
            } else {
                parts.append((own, [layer]))
            }
        }
        return parts.map(\.layers) + (single.isEmpty ? [] : [single])
    }

    /// A row's name and a layer's number in it; a layer that is alone of its kind has a row of its own name.
    private func row(of name: String) -> (kind: String, number: Int) {
        let own = Self.kind(of: name)
        return layers.count { Self.kind(of: $0.name).kind == own.kind } == 1 ? (name, 0) : own
    }

    private var nameWidth: Double { HeatMap.nameWidth(layers.map { row(of: $0.name).kind }) }

    private func map(_ layers: [(name: String, values: [Double])], nameWidth: Double, withScale: Bool) -> Markup {
        var kinds: [String] = []
        var places: [String: [Int: [Double]]] = [:]
        for layer in layers {
            let (kind, number) = row(of: layer.name)
            if places[kind] == nil { kinds.append(kind) }
            places[kind, default: [:]][number] = layer.values
        }
        let numbers = Array(Set(places.values.flatMap(\.keys))).sorted()
        let isSingle = layers.allSatisfy { row(of: $0.name).kind == $0.name }
        let title = isSingle ? "single layers" : "number N"
        let steps = layers.map(\.values.count).max() ?? 1
        let bins = max(1, min(steps, Self.columnLimit / max(numbers.count, 1)))
        let cells = kinds.map { kind in
            numbers.flatMap { number in
                (0..<bins).map { bin in cell(kind, number, places[kind]?[number], bin: bin, of: bins, steps: steps) }
            }
        }
        let merged =
            bins == steps
            ? ", time steps 1 to \(steps) in each"
            : bins == 1 ? ", mean of \(steps.counted("time step"))" : ", \(steps.counted("time step")) as \(bins) means in each"
        let chart = HeatMap(
            label: "\(what) of \(layers.count.counted("layer")) by \(title) and time step.", rows: kinds,
            columns: isSingle ? [""] : numbers.map { "\($0)" },
            group: bins, cells: cells, rowTitle: "", columnTitle: title + merged, scale: withScale ? scale : nil,
            width: 1080, rowHeight: 20, nameWidth: nameWidth)
        return chart.markup
    }

    private func cell(_ kind: String, _ number: Int, _ values: [Double]?, bin: Int, of bins: Int, steps: Int) -> HeatMap.Cell {
        let name = kind.split(separator: ".").map { $0 == "N" ? "\(number)" : String($0) }.joined(separator: ".")
        guard let values else { return HeatMap.Cell(title: "\(name): not there") }
        let range = (bin * steps / bins)..<max((bin + 1) * steps / bins, bin * steps / bins + 1)
        let own = range.filter { values.indices.contains($0) }.map { values[$0] }
        guard !own.isEmpty else { return HeatMap.Cell(title: "\(name): no value") }
        let mean = own.reduce(0, +) / Double(own.count)
        let when = range.count == 1 ? "t = \(range.lowerBound + 1)" : "t = \(range.lowerBound + 1) to \(range.upperBound)"
        return HeatMap.Cell(fraction: most > 0 ? mean / most : 0, title: "\(name), \(when): \(text(mean))")
    }
}
