internal import Diagnostics
internal import Networks
internal import SpikeKernels

extension Folder {
    /// Scale and shift of a normalisation.
    func affine(_ normalisation: Normalisation) -> (scale: [Double], shift: [Double]) {
        let (gamma, beta) = (values(normalisation.weight), values(normalisation.bias))
        let (mean, variance) = (values(normalisation.mean), values(normalisation.variance))
        let scale = zip(gamma, variance).map { $0 / ($1 + normalisation.epsilon).squareRoot() }
        return (scale, scale.indices.map { beta[$0] - mean[$0] * scale[$0] })
    }

    /// A kept current's layers once more, where each channel has a factor that what is kept cannot take; nil where they cannot be.
    private func computedAgain(_ input: Int) throws(Failure) -> Expression? {
        guard !isGridStep(input), !isJoin(input), features[input].isCurrent, input > 0, !isKeptAgain(graph.nodes[input]) else { return nil }
        let again = try expression(of: input, isRoot: true)
        return again.terms.contains(where: \.isKept) || again.terms.contains { $0.outer != nil } ? nil : again
    }

    /// Whether a node reads a kept current as it is.
    private func isKeptAgain(_ node: NetworkGraph.Node) -> Bool {
        switch node.operation {
        case .normalisation: node.inputs.contains { isStored($0) && !isLayer($0) }
        case .scale, .sum, .concatenate: node.inputs.contains(where: isStored)
        default: false
        }
    }

    private func isLayer(_ index: Int) -> Bool { if case .convolution = graph.nodes[index].operation { true } else { false } }

    /// Multiplies channels. What is kept and cannot be computed again is multiplied, as a layer of each channel by itself.
    private func scaled(
        _ expression: Expression, _ index: Int, _ scale: [Double], _ shift: [Double], deviation: [Double],
        isOneTerm: Bool = false
    ) throws(Failure) -> Expression {
        let input = graph.nodes[index].inputs[0]
        guard expression.terms.contains(where: \.isKept) else {
            var scaled = expression
            scaled.scale(scale, shift: shift, deviation: deviation)
            return scaled
        }
        if var again = try computedAgain(input), !isOneTerm || again.terms.count == 1 {
            again.scale(scale, shift: shift, deviation: deviation)
            return again
        }
        noteMultiplied(index)
        var scaled = expression
        let grid = features[input]
        for place in scaled.terms.indices {
            guard case .current(let node) = scaled.terms[place].source else { continue }
            scaled.terms[place].source = .products(current: node, pointwiseWindow(grid))
            scaled.terms[place].layer = RealLayer(outputs: scale.count, inputs: 1, bias: scale.map { _ in 0 }) { _, row in row[0] = 1 }
        }
        scaled.scale(scale, shift: shift, deviation: deviation)
        return scaled
    }

    func pointwiseWindow(_ grid: Feature) -> GridWindow {
        GridWindow(
            inputHeight: grid.height, inputWidth: grid.width, outputHeight: grid.height, outputWidth: grid.width, kernelHeight: 1,
            kernelWidth: 1, strideHeight: 1, strideWidth: 1, paddingHeight: 0, paddingWidth: 0)
    }

    func normalised(_ normalisation: Normalisation, _ index: Int) throws(Failure) -> Expression {
        var inner = try expression(of: graph.nodes[index].inputs[0])
        let (scale, shift) = affine(normalisation)
        let channels = inner.channels
        let zeros = Array(repeating: 0.0, count: channels)
        let time = normalisation.timeScale.map(values)
        let output = features[index]
        if normalisation.axis == .channel, time == nil {
            guard inner.terms.allSatisfy({ $0.outer == nil }) else {
                throw refuse(index, "it normalises, in a concatenation, what is scaled by positions or time steps")
            }
            return try scaled(inner, index, scale, shift, deviation: values(normalisation.weight).map(abs))
        }
        guard inner.terms.count == 1 else { throw refuse(index, "it normalises by position or time step what several layers come to") }
        if case .mix(_, let mixing) = inner.terms[0].source {
            guard normalisation.belongs(to: mixing), var outer = inner.terms[0].outer, outer.time.isEmpty else {
                throw refuse(index, "it normalises a map along an axis by another axis")
            }
            inner.terms[0].layer = inner.terms[0].layer?.scaled(scale)
            outer.bias = zip(zip(outer.bias, scale).map(*), shift).map(+)
            outer.time = time ?? []
            inner.terms[0].outer = outer
            return inner
        }
        guard inner.terms[0].outer == nil else { throw refuse(index, "it normalises by position what is scaled already") }
        if normalisation.axis == .channel {
            inner = try scaled(inner, index, scale, shift, deviation: values(normalisation.weight).map(abs), isOneTerm: true)
            inner.terms[0].outer = OuterScale(bias: inner.bias, scale: [1], shift: [0], time: time ?? [])
        } else {
            let positions = (0..<output.positions).map { position in
                switch normalisation.axis {
                case .row: position / output.width
                case .column: position % output.width
                default: position
                }
            }
            inner.terms[0].outer = OuterScale(
                bias: inner.bias, scale: positions.map { scale[$0] }, shift: positions.map { shift[$0] }, time: time ?? [])
        }
        inner.bias = zeros
        let factor = (time ?? [1]).reduce(0) { max($0, abs($1)) }
        inner.center = zeros.map { _ in Term.most(of: values(normalisation.bias)) * factor }
        inner.spread = zeros.map { _ in Term.most(of: values(normalisation.weight)) * factor }
        return inner
    }
}
