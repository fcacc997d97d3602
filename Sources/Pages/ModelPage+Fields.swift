internal import Evaluation
internal import Networks
internal import Reports

extension ModelPage {
    /// The filters of the first convolution as pictures.
    var firstConvolution: Markup? {
        get throws {
            let graph = network.graph
            let first = graph.nodes.lazy.compactMap { node -> Convolution? in
                guard case .convolution(let convolution) = node.operation, node.inputs == [0] else { return nil }
                return convolution
            }.first
            guard let first, let shape = graph.tensorShapes[first.weight], shape.count == 4, shape[1] == 3, max(shape[2], shape[3]) <= 64
            else {
                return nil
            }
            let (count, height, width) = (shape[0], shape[2], shape[3])
            let weights = values(first.weight)
            guard weights.count == shape.reduce(1, *) else { return nil }
            let filters = try (0..<count).map { filter -> Markup in
                let own = Array(weights[filter * 3 * height * width..<(filter + 1) * 3 * height * width])
                let reach = own.reduce(0) { max($0, abs($1)) }
                var picture = Raster(width: width, height: height, color: (128, 128, 128))
                for row in 0..<height {
                    for column in 0..<width {
                        func level(_ channel: Int) -> UInt8 {
                            let weight = own[(channel * height + row) * width + column]
                            return UInt8(clamping: Int((127.5 + 127.5 * (reach > 0 ? weight / reach : 0)).rounded()))
                        }
                        picture[row, column] = (level(0), level(1), level(2))
                    }
                }
                return try picture.markup(
                    scale: 40 / Double(max(height, width)),
                    alternative: "filter \(filter), largest magnitude \(NumberText.significant(Double(reach)))")
            }
            return Figure.markup(
                "Filters of the first convolution",
                "\(count) filters of \(width) x \(height) pixels, red, green and blue as the pixels they read; grey is 0, and each has "
                    + "its own scale.", .element("div", ["class": "fields"], filters))
        }
    }

    /// The token-mixing weights: whole, and row by row on the token grid.
    var tokenMixing: Markup? {
        get throws {
            let blocks = mixingBlocks
            guard !blocks.isEmpty else { return nil }
            let explanation = Markup.prose(
                "A block mixes tokens along each row of the grid by one matrix, and along each column by another. Below, a block's two matrices "
                    + "(a row for each output position, a column for each input position), and the receptive field of tokens on the grid's "
                    + "diagonal: what the token reads along its row and along its column. White is 0, blue below, red above; the scale of each "
                    + "block ends at its largest magnitude. Where there is no weight, the grid is grey. `evalctl model show --rows N` shows N of them for each block."
            )
            return try explanation + Markup(blocks.enumerated().map { try markup($1, number: $0) })
        }
    }

    /// The two matrices that mix the tokens of one feature; one of them may not be there.
    private struct MixingBlock {
        var source: Int
        var height: Int
        var width: Int
        /// `[output][input]` along each row, and along each column.
        var along: [Float] = []
        var across: [Float] = []
    }

    private var mixingBlocks: [MixingBlock] {

        var blocks: [MixingBlock] = []
        for node in network.graph.nodes {
            guard case .mix(let mixing) = node.operation else { continue }
            let feature = network.features[node.inputs[0]]
            if blocks.last?.source != node.inputs[0] {
                blocks.append(MixingBlock(source: node.inputs[0], height: feature.height, width: feature.width))
            }
            switch mixing.axis {
            case .columns: blocks[blocks.count - 1].along = values(mixing.weight)
            case .rows: blocks[blocks.count - 1].across = values(mixing.weight)
            }
        }
        return blocks
    }

    private func markup(_ block: MixingBlock, number: Int) throws -> Markup {
        let reach = (block.along + block.across).reduce(Float(0)) { max($0, abs($1)) }
        let side = min(block.height, block.width)
        let places = Sample.evenly(side, limit: rows)
        let sides = [("along rows", block.along, block.width), ("along columns", block.across, block.height)]
        let matrices = try sides.filter { !$0.1.isEmpty }.map { name, weights, side in
            let picture = raster(weights, side: side, reach: reach)
            return Markup.element(
                "figure", [:],
                try picture.markup(
                    scale: max(1, (112 / Double(side)).rounded(.down)), alternative: "Block \(number), \(side) x \(side) weights \(name)"),
                .element("figcaption", [:], name))
        }
        let fields = try places.map { place in
            let picture = field(place, block, reach: reach)
            return Markup.element(
                "figure", [:],
                try picture.markup(
                    scale: max(2, (84 / Double(max(block.height, block.width))).rounded(.down)),
                    alternative: "Block \(number), receptive field of the token in row \(place + 1) and column \(place + 1)"),
                .element("figcaption", [:], "\(place + 1)"))
        }
        let name = network.graph.nodes[block.source].name
        let title = "Block \(number), spikes of \(name), \(block.width) x \(block.height) tokens"
        let remark = "largest magnitude \(NumberText.significant(Double(reach))); \(places.count) of \(side) receptive fields are shown"
        return .element("h3", [:], title) + .element("p", ["class": "note"], remark)
            + .element("div", ["class": "fields"], matrices + fields)
    }

    private func raster(_ weights: [Float], side: Int, reach: Float) -> Raster {
        var picture = Raster(width: side, height: side, color: WeightColor.none)
        for row in 0..<side {
            for column in 0..<side { picture[row, column] = WeightColor.rgb(weights[row * side + column], most: reach) }
        }
        return picture
    }

    /// Row `place` of both matrices on the token grid: what the token at row and column `place` reads. It reads itself along both; the
    /// colour there is of the sum.
    private func field(_ place: Int, _ block: MixingBlock, reach: Float) -> Raster {
        func along(_ column: Int) -> Float { block.along.isEmpty ? 0 : block.along[place * block.width + column] }
        func across(_ row: Int) -> Float { block.across.isEmpty ? 0 : block.across[place * block.height + row] }
        var picture = Raster(width: block.width, height: block.height, color: WeightColor.none)
        for column in 0..<block.width { picture[place, column] = WeightColor.rgb(along(column), most: reach) }
        for row in 0..<block.height { picture[row, place] = WeightColor.rgb(across(row), most: reach) }
        picture[place, place] = WeightColor.rgb(along(place) + across(place), most: reach)
        return picture
    }
}
