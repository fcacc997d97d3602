internal import Networks
internal import Reports

extension ModelPage {
    /// Distributions of the weights, by kind of layer and for each layer.
    var weights: Markup {
        let all = network.graph.parameterSpecifications
        let layers = all.filter { $0.shape.count > 1 }
        let summaries = layers.map { WeightSummary(values($0.name)) }
        return distributions(layers, summaries) + table(layers, summaries)
            + PageTable.folded(
                "All other tensors: biases and batch normalisations", others(all.filter { $0.shape.count == 1 }), isLong: true)
    }

    /// Layers of one place in their blocks belong together.
    private func distributions(_ layers: [ParameterSpecification], _ summaries: [WeightSummary]) -> Markup {
        var kinds: [String] = []
        var members: [String: [Int]] = [:]
        for (index, layer) in layers.enumerated() {
            let name = Self.module(layer)
            let kind = LayerMaps.kind(of: name).kind
            if members[kind] == nil { kinds.append(kind) }
            members[kind, default: []].append(index)
        }
        let figures = kinds.map { kind -> Markup in
            let own = members[kind] ?? []
            let reach = own.map { summaries[$0].reach }.max() ?? 0
            var counts = [Int](repeating: 0, count: WeightSummary.bins)
            for index in own {
                for (bin, count) in WeightSummary.histogram(values(layers[index].name), reach: reach).enumerated() { counts[bin] += count }
            }
            let total = counts.reduce(0, +)
            let width = 2 * Double(reach) / Double(WeightSummary.bins)
            let chart = Histogram(
                label: "Distribution of \(NumberText.grouped(total)) weights of \(kind).",
                axis: .linear("weight", from: -max(Double(reach), 1e-6), to: max(Double(reach), 1e-6), count: 6),
                panels: [
                    .init(
                        name: kind,
                        bins: counts.enumerated().map { bin, count in
                            let low = -Double(reach) + Double(bin) * width
                            return .init(
                                low: low, high: low + width, count: Double(count),
                                title:
                                    "\(NumberText.significant(low)) to \(NumberText.significant(low + width)): \(NumberText.grouped(count))"
                            )
                        }, remark: "\(NumberText.grouped(total)) weights")
                ], panelHeight: 70, width: 350)
            return .element("figure", [:], chart.markup)
        }
        return .element("p", [:], "Weights by kind of layer: how many lie where, between minus and plus the largest magnitude.")
            + .element("div", ["class": "small-multiples"], figures)
    }

    private func table(_ layers: [ParameterSpecification], _ summaries: [WeightSummary]) -> Markup {
        let titles = ["layer", "shape", "weights", "bytes", "mean", "deviation", "least", "most", "zero", "distribution"]
        let head = titles.map { Markup.element("th", ["scope": "col", "class": [titles[0], titles[9]].contains($0) ? "" : "number"], $0) }
        let rows = zip(layers, summaries).map { layer, one -> Markup in
            let cells = [
                layer.shape.map { "\($0)" }.joined(separator: " x "), NumberText.grouped(one.count),
                NumberText.grouped(one.count * MemoryLayout<Float>.size), NumberText.significant(one.mean),
                NumberText.significant(one.deviation), NumberText.significant(Double(one.least)), NumberText.significant(Double(one.most)),
                NumberText.percent(one.count > 0 ? Double(one.zeros) / Double(one.count) : 0, digits: 1),
            ]
            return .element(
                "tr", [:],
                [.element("th", ["scope": "row"], Self.module(layer))] + cells.map { .element("td", ["class": "number"], $0) }
                    + [.element("td", [:], sparkline(one, Self.module(layer)))])
        }
        return .element(
            "div", ["class": "scroll"],
            .element(
                "table", [:],
                .element(
                    "caption", [:],
                    "Layers in the order of the state dict; bytes as float32, distributions from minus to plus the largest magnitude"),
                .element("thead", [:], .element("tr", [:], head)), .element("tbody", [:], rows)))
    }

    /// The path of the layer that a `.weight` belongs to.
    private static func module(_ weight: ParameterSpecification) -> String {
        weight.name.hasSuffix(".weight") ? String(weight.name.dropLast(".weight".count)) : weight.name
    }

    private func sparkline(_ one: WeightSummary, _ name: String) -> Markup {
        let (width, height) = (120.0, 20.0)
        var drawing = Drawing(width: width, height: height, label: "Distribution of the weights of \(name)")
        let most = Double(max(one.counts.max() ?? 1, 1))
        let step = width / Double(one.counts.count)
        let outline = one.counts.enumerated().flatMap { bin, count -> [(Double, Double)] in
            let y = height - 1 - Double(count) / most * (height - 2)
            return [(Double(bin) * step, y), (Double(bin + 1) * step, y)]
        }
        drawing.path([(0, height - 1)] + outline + [(width, height - 1)], "f0", closed: true)
        drawing.line(width / 2, 0, width / 2, height, "grid")
        return drawing.markup
    }

    private func others(_ tensors: [ParameterSpecification]) -> Markup {
        PageTable.table(
            TextTable(
                [.init("tensor"), .init("values", .right), .init("mean", .right), .init("least", .right), .init("most", .right)],
                rows: tensors.map { tensor in
                    let one = WeightSummary(values(tensor.name))
                    return [
                        tensor.name, NumberText.grouped(one.count), NumberText.significant(one.mean),
                        NumberText.significant(Double(one.least)),
                        NumberText.significant(Double(one.most)),
                    ]
                }))
    }
}
