package import Evaluation

extension RunReport {
    /// What the network is, what of it was told, given and assumed, and what its authors reached: figure and value.
    package var networkRows: [[String]] {
        guard let network else { return [] }
        var rows: [[String]] = []
        if let name = network.name {
            rows.append(["network", "\(name), of the family \(network.family ?? "-")"])
        } else if let family = network.family {
            rows.append(["network", "of the family \(family)"])
        }
        for origin in ["told", "given", "assumed"] {
            let settings = network.settings(origin)
            if !settings.isEmpty { rows.append(["\(origin) of the network", settings]) }
        }
        return rows + network.published.map { ["published top-1", publishedText($0)] }
    }

    /// What was assumed of the network; nil where nothing was.
    package var assumptions: String? {
        guard let settings = network?.settings("assumed"), !settings.isEmpty else { return nil }
        return settings
    }

    /// The recipe, and whether it is the one of the family's publications.
    package var preprocessingText: String {
        guard let family = network?.family, let recipe = network?.recipe else { return provenance.preprocessing }
        return recipe == provenance.preprocessing
            ? "\(recipe), as published for \(family)" : "\(provenance.preprocessing), where \(family) was published with \(recipe)"
    }

    private func publishedText(_ published: NetworkQuote.Published) -> String {
        let text = "\(NumberText.fixed(published.top1, 2)) % with T = \(published.timeSteps) (\(published.source))"
        guard let measured = published.measured, let interval = published.measuredInterval else { return text }
        let points = measured * 100 - published.top1
        let place = (interval.low...interval.high).contains(published.top1 / 100) ? "inside the interval" : "OUTSIDE the interval"
        return
            "\(text); measured \(NumberText.percent(measured)), 95 % interval \(NumberText.range(interval)): \(NumberText.signed(points, 2)) points, \(place)"
    }
}
