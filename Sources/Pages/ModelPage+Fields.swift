internal import Evaluation
internal import Reports
internal import SpikingMLP

extension ModelPage {
    /// The filters of the first convolution as pictures.
    var firstConvolution: Markup? {
        get throws {
            let side = architecture.patchSize
            let weights = values("to_patch_embedding.0.0.weight")
            guard side > 0, weights.count == architecture.dim * 3 * side * side, side <= 64 else { return nil }
            let filters = try (0..<architecture.dim).map { filter -> Markup in
                let own = Array(weights[filter * 3 * side * side..<(filter + 1) * 3 * side * side])
                let reach = own.reduce(0) { max($0, abs($1)) }
                var picture = Raster(width: side, height: side, color: (128, 128, 128))
                for row in 0..<side {
                    for column in 0..<side {
                        func level(_ channel: Int) -> UInt8 {
                            let weight = own[(channel * side + row) * side + column]
                            return UInt8(clamping: Int((127.5 + 127.5 * (reach > 0 ? weight / reach : 0)).rounded()))
                        }
                        picture[row, column] = (level(0), level(1), level(2))
                    }
                }
                return try picture.markup(
                    scale: 40 / Double(side), alternative: "filter \(filter), largest magnitude \(NumberText.significant(Double(reach)))")
            }
            return Figure.markup(
                "Filters of the first convolution",
                "\(architecture.dim) filters of \(side) x \(side) pixels, red, green and blue as the pixels they read; grey is 0, and each has "
                    + "its own scale.", .element("div", ["class": "fields"], filters))
        }
    }

    /// The token-mixing weights: whole, and row by row on the token grid.
    var tokenMixing: Markup? {
        get throws {
            guard !architecture.blocks.isEmpty else { return nil }
            let blocks = try architecture.blocks.map { try block($0) }
            let explanation = Markup.prose(
                "A block mixes tokens along each row of the grid by one matrix, and along each column by another. Below, a block's two matrices "
                    + "(a row for each output position, a column for each input position), and the receptive field of tokens on the grid's "
                    + "diagonal: what the token reads along its row and along its column. White is 0, blue below, red above; the scale of each "
                    + "block ends at its largest magnitude. Where there is no weight, the grid is grey. `evalctl model show --rows N` shows N of them for each block."
            )
            return explanation + Markup(blocks)
        }
    }

    private func block(_ block: Architecture.Block) throws -> Markup {
        let side = architecture.grid(stage: block.stage)
        let (along, across) = (matrix(block, "proj_w", side), matrix(block, "proj_h", side))
        let reach = (along + across).reduce(Float(0)) { max($0, abs($1)) }
        let places = Sample.evenly(side, limit: rows)
        let scale = max(1, (112 / Double(side)).rounded(.down))
        let matrices = try [("along rows", along), ("along columns", across)].map { name, weights in
            let picture = raster(weights, side: side, reach: reach)
            return Markup.element(
                "figure", [:],
                try picture.markup(scale: scale, alternative: "Block \(block.index), \(side) x \(side) weights \(name)"),
                .element("figcaption", [:], name))
        }
        let fields = try places.map { place in
            let picture = field(place, along: along, across: across, side: side, reach: reach)
            return Markup.element(
                "figure", [:],
                try picture.markup(
                    scale: max(2, (84 / Double(side)).rounded(.down)),
                    alternative: "Block \(block.index), receptive field of the token in row \(place + 1) and column \(place + 1)"),
                .element("figcaption", [:], "\(place + 1)"))
        }
        let title = "Block \(block.index), stage \(block.stage), \(side) x \(side) tokens"
        let remark = "largest magnitude \(NumberText.significant(Double(reach))); \(places.count) of \(side) receptive fields are shown"
        return .element("h3", [:], title) + .element("p", ["class": "note"], remark)
            + .element("div", ["class": "fields"], matrices + fields)
    }

    /// `[output][input]` weights along one axis.
    private func matrix(_ block: Architecture.Block, _ projection: String, _ side: Int) -> [Float] {
        let values = values("token_mix.\(block.index).\(projection).1.weight")
        return values.count == side * side ? values : Array(repeating: 0, count: side * side)
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
    private func field(_ place: Int, along: [Float], across: [Float], side: Int, reach: Float) -> Raster {
        var picture = Raster(width: side, height: side, color: WeightColor.none)
        for other in 0..<side {
            picture[place, other] = WeightColor.rgb(along[place * side + other], most: reach)
            picture[other, place] = WeightColor.rgb(across[place * side + other], most: reach)
        }
        picture[place, place] = WeightColor.rgb(along[place * side + place] + across[place * side + place], most: reach)
        return picture
    }
}
