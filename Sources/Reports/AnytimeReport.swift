package import Evaluation

/// Accuracy against energy, from the one pass: by number of time steps and by early-exit rule. Its JSON form is documented in `docs/answers.md`.
package struct AnytimeReport: Sendable, Encodable {
    package struct Point: Sendable, Encodable {
        package var point: AnytimePoint
        package var millijoules: Double?

        enum CodingKeys: String, CodingKey {
            case rule, timesteps, margin, length, images, top1, top5
            case timeStepsPerImage = "timesteps_per_image"
            case spikesPerImage = "spikes_per_image"
            case synapticOperationsPerImage = "synops_per_image"
            case millijoules = "millijoules_per_image"
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            switch point.rule {
            case .timeSteps(let steps):
                try container.encode("timesteps", forKey: .rule)
                try container.encode(steps, forKey: .timesteps)
            case .margin(let margin):
                try container.encode("margin", forKey: .rule)
                try container.encode(margin, forKey: .margin)
            case .stable(let length):
                try container.encode("stable", forKey: .rule)
                try container.encode(length, forKey: .length)
            }
            try container.encode(point.images, forKey: .images)
            try container.encode(RunReport.Accuracy(correct: point.top1Correct, evaluated: point.images), forKey: .top1)
            if let correct = point.top5Correct {
                try container.encode(RunReport.Accuracy(correct: correct, evaluated: point.images), forKey: .top5)
            }
            func encode(_ mean: Double, _ key: CodingKeys) throws { try container.encode(point.images > 0 ? mean : nil, forKey: key) }
            try encode(point.timeStepsPerImage, .timeStepsPerImage)
            try encode(point.spikesPerImage, .spikesPerImage)
            try encode(point.synapticOperationsPerImage, .synapticOperationsPerImage)
            try container.encodeIfPresent(millijoules, forKey: .millijoules)
        }
    }

    package var run: RunID
    package var engine: String
    package var costs: EnergyCosts
    package var macsPerImage: Int?
    /// By falling rule kind: fixed numbers of time steps, margins, stable predictions.
    package var points: [Point]

    enum CodingKeys: String, CodingKey {
        case run, costs, points
        case macsPerImage = "macs_per_image"
    }

    package init(run: RunID, engine: String, points: [AnytimePoint], costs: EnergyCosts, macsPerImage: Int?) {
        self.run = run
        self.engine = engine
        self.costs = costs
        self.macsPerImage = macsPerImage
        self.points = points.map { point in
            Point(
                point: point,
                millijoules: (point.images > 0 ? macsPerImage : nil).map {
                    costs.millijoules(macs: Double($0), synapticOperations: point.synapticOperationsPerImage)
                })
        }
    }
}
