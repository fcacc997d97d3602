internal import Diagnostics
package import Evaluation

/// Where two runs part. Its JSON form is documented in `docs/answers.md`.
package struct RunDifferenceReport: Sendable, Encodable {
    /// Something that rows depend on, and whether it is the same in both runs.
    package struct Cause: Sendable, Hashable, Encodable {
        package var name: String
        package var a: String
        package var b: String
        package var isSame: Bool

        enum CodingKeys: String, CodingKey {
            case name, a, b
            case isSame = "same"
        }
    }

    package var a: RunID
    package var b: RunID
    package var causes: [Cause]
    package var differences: RowDifferences
    /// By the sums of shards that hold the same images in both runs: the first layer, in the order of the data, whose spikes differ.
    package var firstByShards: ShardSpikePlace?
    package var changes: [PredictionChange]

    enum CodingKeys: String, CodingKey {
        case a, b, causes, differences, changes
        case firstByShards = "first_by_shards"
    }

    package init(
        a: RunProvenance, b: RunProvenance, differences: RowDifferences, firstByShards: ShardSpikePlace?, changes: [PredictionChange]
    ) {
        self.a = a.run
        self.b = b.run
        func cause(_ name: String, _ value: (RunProvenance) -> String) -> Cause {
            Cause(name: name, a: value(a), b: value(b), isSame: value(a) == value(b))
        }
        causes = [
            cause("weights") { $0.modelSHA256 }, cause("network as given") { $0.network.isEmpty ? "as the file tells" : $0.network },
            cause("images and labels") { $0.manifestSHA256 },
            cause("preprocessing") { $0.preprocessing },
            cause("arithmetic") { $0.engine }, cause("time steps") { "\($0.timeSteps)" },
            cause("classes that rank") { $0.onlyListedClasses ? "the data set's" : "all" }, cause("pixel limit") { "\($0.pixelLimit)" },
            cause("instruction sets") { $0.instructionSets.joined(separator: ", ") },
            cause("program versions") { run in ([run.version] + run.workerVersions.filter { $0 != run.version }).joined(separator: ", ") },
        ]
        self.differences = differences
        self.firstByShards = firstByShards
        self.changes = changes
    }

    package func rendered(as format: OutputFormat) throws -> String {
        var document = TextDocument("Run \(a) against run \(b): where they part")
        document.show(
            "",
            TextTable(
                [.init("what rows depend on"), .init(""), .init("run \(a)"), .init("run \(b)")],
                rows: causes.map { [$0.name, $0.isSame ? "same" : "DIFFERS", short($0.a), $0.isSame ? "" : short($0.b)] }))
        document.say(
            "\(differences.images.counted("image")) in both: \(differences.predictions.counted("prediction")) "
                + "\(differences.predictions.agreeing("differs", "differ")), \(differences.rows.counted("row")) \(differences.rows.agreeing("differs", "differ"))"
                + (differences.files > 0
                    ? ", \(differences.files.counted("file")) \(differences.files.agreeing("has", "have")) other bytes" : "")
                + (differences.labels > 0 ? ", \(differences.labels) \(differences.labels.agreeing("has", "have")) another label" : ""))
        if differences.firstSpikeDifference.contains(where: { $0 > 0 }) {
            let steps = differences.firstSpikeDifference.enumerated().map { "\($1) in step \($0 + 1)" }
            document.say("spike counts first differ: \(steps.joined(separator: ", "))")
        }
        if let place = firstByShards {
            document.say(
                "by the sums of shards, spikes first part in time step \(place.timeStep), \(place.layer), "
                    + "in \(place.shards.counted("shard"))")
        }
        document.show("Images that differ, those with another prediction first", changeTable)
        if changes.count < differences.rows { document.say("\(changes.count) of \(differences.rows) are shown; --limit shows more") }
        return try document.rendered(as: format, json: self)
    }

    private var changeTable: TextTable {
        TextTable(
            [
                .init("image"), .init("label"), .init("run \(a)"), .init("run \(b)"), .init("margins"), .init("prediction parts", .right),
                .init("spikes part"), .init("computed again here"),
            ],
            rows: changes.map { change in
                [
                    change.path, change.labelName ?? "\(change.label)", change.a.name ?? "\(change.a.predicted)",
                    change.b.name ?? "\(change.b.predicted)",
                    "\(NumberText.fixed(change.a.margin, 3)), \(NumberText.fixed(change.b.margin, 3))",
                    change.predictionTimeStep.map { "step \($0)" } ?? "-", place(change), reproduction(change),
                ]
            })
    }

    private func place(_ change: PredictionChange) -> String {
        if let first = change.recomputed?.first {
            return "step \(first.timeStep), \(first.layer): \(first.aSpikes), \(first.bSpikes)"
        }
        return change.spikesTimeStep.map { "step \($0)" } ?? "-"
    }

    private func reproduction(_ change: PredictionChange) -> String {
        guard let recomputed = change.recomputed else { return "" }
        let rows =
            switch (recomputed.aReproduced, recomputed.bReproduced) {
            case (true, true): "both rows reproduced"
            case (true, false): "only run \(a)'s row reproduced"
            case (false, true): "only run \(b)'s row reproduced"
            case (false, false): "neither row reproduced"
            }
        return rows + (recomputed.hasSamePixels ? "" : ", other pixels")
    }

    /// A hash's beginning, other texts whole.
    private func short(_ text: String) -> String { text.utf8.count == 64 ? String(text.prefix(12)) : text }
}
