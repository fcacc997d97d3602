internal import Evaluation
internal import EvaluationStore
internal import Pages
internal import Reports

/// Runs as a table, and their bars.
enum RunTables {
    static func runs(_ runs: [RunOverview], caption: String) -> Markup {
        Tables.table(
            caption: caption,
            [
                .init("Run", figure: true), .init("Model on data set"), .init("State"), .init("Images"), .init("Shards"),
                .init("Images/s", figure: true), .init("Left", figure: true), .init("Top-1 so far"), .init("Steer"),
            ],
            rows: runs.map { run in
                (
                    "\(run.run)",
                    [
                        "<a href=\"/runs/\(run.run)\">\(run.run)</a>",
                        "\(run.model) on \(run.dataset) <span class=\"beside\">\(run.engine), T = \(run.timeSteps)</span>",
                        state(run), "\(progress(run))\(images(run))", shardBar(run.shards),
                        "\(NumberText.fixed(run.imagesPerSecond, 1))", eta(run), top1(run.top1), Forms.run(run),
                    ]
                )
            })
    }

    /// An ended run that does not count every image says so, in the colour of failure.
    static func state(_ run: RunOverview) -> Markup {
        Tables.state(run.stateWords, style: run.isIncomplete ? "incomplete" : run.state.rawValue)
    }

    static func progress(_ run: RunOverview) -> Markup {
        let percent = NumberText.fixed(run.fraction * 100, 1)
        return """
            <progress max="100" value="\(percent)" aria-label="progress of run \(run.run)">\(percent) %</progress>
            <span class="beside">\(percent) %</span>
            """
    }

    /// How many images are computed, as the key of the bar above, and how many failed.
    static func images(_ run: RunOverview) -> Markup {
        let failed: Markup = run.imagesFailed == 0 ? "" : ", <span class=\"key dead\">\(NumberText.grouped(run.imagesFailed)) failed</span>"
        return """
            <span class="keys"><span class="key progressed">\(NumberText.grouped(run.imagesFinished)) of \
            \(NumberText.grouped(run.imagesExpected))</span>\(failed)</span>
            """
    }

    static func top1(_ accuracy: AccuracySoFar) -> Markup {
        guard let fraction = accuracy.accuracy, let interval = accuracy.ci95 else { return "<span class=\"none\">none</span>" }
        return """
            \(NumberText.percent(fraction)) <span class="beside">\(NumberText.range(interval)), \
            of \(NumberText.grouped(accuracy.evaluated))</span>
            """
    }

    static func eta(_ run: RunOverview) -> Markup {
        run.etaSeconds.map { "\(NumberText.duration(seconds: $0))" } ?? "<span class=\"none\">–</span>"
    }

    /// Shards by state as a bar, with the counts below it as the key of its colours.
    static func shardBar(_ counts: ShardCounts) -> Markup {
        // From the left what is done, as the bar of the images fills.
        let order: [ShardState] = [.done, .dead, .cancelled, .running, .published, .pending]
        let bar = order.compactMap { state in counts.byState.first { $0.state == state && $0.count > 0 } }
        let total = Double(max(counts.all, 1))
        var x = 0.0
        let pieces: [Markup] = bar.map { state, count in
            let width = Double(count) / total * 100
            defer { x += width }
            return
                "<rect class=\"\(state.rawValue)\" x=\"\(NumberText.fixed(x, 3))\" width=\"\(NumberText.fixed(width, 3))\" height=\"8\"/>"
        }
        let words = bar.map { "\(NumberText.grouped($0.count)) \($0.state.rawValue)" }
        let keys: [Markup] = zip(bar, words).map { "<span class=\"key \($0.state.rawValue)\">\($1)</span> " }
        return """
            <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="shards: \(words.joined(separator: ", "))">\(pieces)</svg>
            <span class="keys">\(keys.isEmpty ? ["none"] : keys)</span>
            """
    }
}
