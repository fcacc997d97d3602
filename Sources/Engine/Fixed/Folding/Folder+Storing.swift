internal import Networks

/// Which currents stand in memory, by node.
struct CurrentStorage {
    var isStored: [Bool] = []
    /// Whether a current that is not stored is scaled by position, by time step, or by a constant, or maps an axis.
    var hasFactors: [Bool] = []
    /// Whether a current that is not stored is what several layers come to.
    var hasSeveralTerms: [Bool] = []
}

extension Folder {
    /// Whether a current is kept in memory, and what reads it reads it there.
    func isStored(_ index: Int) -> Bool { storage.isStored[index] }

    /// Decides for every node, in the order of computation.
    func decideStorage() -> CurrentStorage {
        var storage = CurrentStorage()
        for index in graph.nodes.indices {
            let inputs = graph.nodes[index].inputs.filter { features[$0].isCurrent && !storage.isStored[$0] }
            let (operation, isCurrent) = (graph.nodes[index].operation, features[index].isCurrent)
            var hasFactors = false
            var hasSeveralTerms = false
            switch operation {
            case .mix, .scale: hasFactors = true
            case .sum, .concatenate:
                hasFactors = isCurrent && inputs.contains { storage.hasFactors[$0] }
                hasSeveralTerms = isCurrent
            case .normalisation(let normalisation):
                let isByChannel = normalisation.axis == .channel && normalisation.timeScale == nil
                hasFactors = !isByChannel || inputs.contains { storage.hasFactors[$0] }
                hasSeveralTerms = inputs.contains { storage.hasSeveralTerms[$0] }
            default: break
            }
            storage.hasFactors.append(hasFactors)
            storage.hasSeveralTerms.append(hasSeveralTerms)
            storage.isStored.append(standsInMemory(index, hasFactors: hasFactors, hasSeveralTerms: hasSeveralTerms))
        }
        return storage
    }

    private func standsInMemory(_ index: Int, hasFactors: Bool, hasSeveralTerms: Bool) -> Bool {
        guard features[index].isCurrent, index != graph.output else { return false }
        // Layers read the image itself, and only what moves currents about needs it among them.
        if index == 0 { return uses[0].contains { isGridStep($0) || isJoin($0) } }
        if isGridStep(index) { return true }
        if slices[index] != nil || isFlattening(index) { return false }
        if graph.nodes[index].operation == .concatenate { return true }
        if uses[index].count > 1 { return true }
        return uses[index].contains { use in
            if isGridStep(use) || isJoin(use) || readsStoredCurrents(use) { return true }
            // A sum of a current with itself.
            if graph.nodes[use].inputs.count(where: { $0 == index }) > 1 { return true }
            if scalesWhatStands(use, index, hasFactors: hasFactors, hasSeveralTerms: hasSeveralTerms) { return true }
            return features[index].isConstant && !features[use].isConstant && !hasTimeScale(use)
        }
    }

    /// A layer that multiplies currents, which have to stand in memory.
    private func readsStoredCurrents(_ use: Int) -> Bool {
        switch graph.nodes[use].operation {
        case .convolution: layer(use) == nil
        case .mix: layer(use) == nil
        default: isFlattening(use)
        }
    }

    /// A grid of currents that a layer reads as a vector.
    private func isFlattening(_ index: Int) -> Bool {
        guard case .flatten = graph.nodes[index].operation else { return false }
        return features[index].isCurrent && features[graph.nodes[index].inputs[0]].positions > 1
    }

    func hasTimeScale(_ index: Int) -> Bool {
        guard case .normalisation(let normalisation) = graph.nodes[index].operation else { return false }
        return normalisation.timeScale != nil
    }

    /// Pooling and means of currents.
    func isGridStep(_ index: Int) -> Bool {
        guard !readThrough.contains(index), let input = graph.nodes[index].inputs.first, features[input].isCurrent else { return false }
        switch graph.nodes[index].operation {
        case .maximumPool, .averagePool, .mean, .total: return true
        default: return false
        }
    }

    /// A normalisation or constant factor of what has factors already, or of what several layers come to: it reads them where they stand.
    private func scalesWhatStands(_ use: Int, _ index: Int, hasFactors: Bool, hasSeveralTerms: Bool) -> Bool {
        switch graph.nodes[use].operation {
        case .scale: return hasFactors
        case .normalisation(let normalisation):
            if case .mix(let mixing) = graph.nodes[index].operation, normalisation.belongs(to: mixing) { return !isOneMap(index) }
            let isByChannel = normalisation.axis == .channel && normalisation.timeScale == nil
            return hasFactors || !isByChannel && hasSeveralTerms
        default: return false
        }
    }

    /// Whether a map along an axis reads spikes and not counts.
    private func isOneMap(_ index: Int) -> Bool { features[graph.nodes[index].inputs[0]].isSpikes }
}

extension Normalisation {
    /// Whether its features are a map's outputs.
    func belongs(to mixing: AxisMixing) -> Bool { axis == (mixing.axis == .rows ? .row : .column) }
}
