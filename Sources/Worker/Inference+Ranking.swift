package import Engine

/// Where the classes stand, after each number of time steps and at the end.
package struct Ranking {
    /// At most five classes by falling mean logit.
    package var top: [(class: Int, score: Float)]
    /// Element t: the best class after t + 1 time steps.
    package var topByTimeStep: [Int]
    /// Element t: classes that rank before the label; of equal logits the lower class ranks first. A label that the network does not know
    /// ranks behind all, and is never among the first five.
    package var labelRankByTimeStep: [Int]
    /// Element t: best less second-best mean logit; 0 for a network of one class.
    package var marginByTimeStep: [Float]
}

extension Inference {
    /// Ranks some of the classes, as if the network had no others.
    /// - Parameter classes: ascending; those that the network does not have are passed over. Nil for all.
    package func ranking(label: Int, among classes: [Int]?) -> Ranking {
        guard let classes = classes?.filter(meanLogits.indices.contains), !classes.isEmpty else { return ranking(label: label) }
        let chosen = Inference(
            logits: logits.map { step in classes.map { step[$0] } }, spikes: spikes, synapticOperations: synapticOperations,
            effectiveOperations: effectiveOperations)
        var ranking = chosen.ranking(label: classes.firstIndex(of: label) ?? classes.count)
        ranking.top = ranking.top.map { (classes[$0.class], $0.score) }
        ranking.topByTimeStep = ranking.topByTimeStep.map { classes[$0] }
        return ranking
    }

    /// Ranks the classes by the mean of the logits so far, after each time step.
    func ranking(label: Int) -> Ranking {
        var ranking = Ranking(
            top: top(5).map { ($0.classIndex, $0.score) }, topByTimeStep: anytimePredictions, labelRankByTimeStep: [],
            marginByTimeStep: [])
        var sums = [Float](repeating: 0, count: meanLogits.count)
        for (step, stepLogits) in logits.enumerated() {
            for (index, logit) in stepLogits.enumerated() { sums[index] += logit }
            let means = sums.map { $0 / Float(step + 1) }
            let best = anytimePredictions[step]
            var second: Float?
            for (index, mean) in means.enumerated() where index != best { second = max(second ?? mean, mean) }
            ranking.marginByTimeStep.append(second.map { means[best] - $0 } ?? 0)
            let rank =
                means.indices.contains(label)
                ? means.indices.count { means[$0] > means[label] || (means[$0] == means[label] && $0 < label) } : max(5, means.count)
            ranking.labelRankByTimeStep.append(rank)
        }
        return ranking
    }

    /// Element t: spikes of all groups in time step t alone.
    var spikesByTimeStep: [Int] { sum(spikes) }

    /// Element t: synaptic operations of all layers in time step t alone.
    var synapticOperationsByTimeStep: [Int] { sum(synapticOperations) }

    private func sum(_ counts: [[Int]]) -> [Int] {
        logits.indices.map { step in counts.reduce(0) { $0 + $1[step] } }
    }
}
