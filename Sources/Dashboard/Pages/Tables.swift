internal import Evaluation
internal import EvaluationStore
internal import Pages
internal import Reports

/// Tables and figures that several pages have.
enum Tables {
    /// A heading of a column; figures stand to the right.
    struct Column {
        var title: String
        var isFigure: Bool

        init(_ title: String, figure: Bool = false) {
            self.title = title
            isFigure = figure
        }
    }

    /// - Parameter rows: each with as many cells as there are columns, and a key that stays the row's own.
    static func table(caption: String, _ columns: [Column], rows: [(key: String, cells: [Markup])]) -> Markup {
        let heads: [Markup] = columns.map { "<th scope=\"col\"\(figure($0)) data-title=\"\($0.title)\">\($0.title)</th>" }
        let body: [Markup] = rows.map { row in
            let cells: [Markup] = zip(columns, row.cells).map { "<td\(figure($0)) data-title=\"\($0.title)\">\($1)</td>" }
            return "<tr data-key=\"\(row.key)\">\(cells)</tr>\n"
        }
        return """
            <div class="scroll"><table><caption>\(caption)</caption>
            <thead><tr>\(heads)</tr></thead>
            <tbody>\(body)</tbody></table></div>
            """
    }

    private static func figure(_ column: Column) -> Markup { column.isFigure ? " class=\"figure\"" : "" }

    static func state(_ name: String) -> Markup { "<span class=\"state \(name)\">\(name)</span>" }

    static func progress(_ run: RunOverview) -> Markup {
        let percent = NumberText.fixed(run.fraction * 100, 1)
        return """
            <progress max="100" value="\(percent)" aria-label="progress of run \(run.run)">\(percent) %</progress>
            <span class="beside">\(percent) %</span>
            """
    }

    static func top1(_ accuracy: AccuracySoFar) -> Markup {
        guard accuracy.evaluated > 0 else { return "<span class=\"none\">none yet</span>" }
        return """
            \(NumberText.percent(accuracy.accuracy)) <span class="beside">\(NumberText.range(accuracy.ci95)), \
            of \(NumberText.grouped(accuracy.evaluated))</span>
            """
    }

    static func eta(_ run: RunOverview) -> Markup {
        run.etaSeconds.map { "\(NumberText.duration(seconds: $0))" } ?? "<span class=\"none\">–</span>"
    }

    /// Shards by state as a bar, with the counts in words beside it.
    static func shardBar(_ counts: ShardCounts) -> Markup {
        let shown = counts.byState.filter { $0.state != .split && $0.count > 0 }
        // From the left what is done, as the bar of the images fills.
        let order: [ShardState] = [.done, .dead, .cancelled, .running, .published, .pending]
        let bar = order.compactMap { state in shown.first { $0.state == state } }
        let total = Double(max(counts.all, 1))
        var x = 0.0
        let pieces: [Markup] = bar.map { state, count in
            let width = Double(count) / total * 100
            defer { x += width }
            return
                "<rect class=\"\(state.rawValue)\" x=\"\(NumberText.fixed(x, 3))\" width=\"\(NumberText.fixed(width, 3))\" height=\"8\"/>"
        }
        let words = shown.map { "\(NumberText.grouped($0.count)) \($0.state.rawValue)" }.joined(separator: ", ")
        return """
            <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="shards: \(words)">\(pieces)</svg>
            <span class="beside">\(words.isEmpty ? "none" : words)</span>
            """
    }

    static func workers(_ workers: [WorkerStatus]) -> Markup {
        guard !workers.isEmpty else { return "<p class=\"none\">No worker has reported within the last hour.</p>" }
        return table(
            caption: "Workers",
            [
                Column("Worker", figure: true), Column("State"), Column("Host"), Column("Kernels"), Column("Threads", figure: true),
                Column("Images/s", figure: true), Column("Shards in work (run/shard)"), Column("Last heartbeat", figure: true),
                Column("Steer"),
            ],
            rows: workers.map { worker in
                let isPresent = worker.state == .running || worker.state == .draining
                return (
                    "\(worker.id)",
                    [
                        "\(worker.id)", state(worker.state.rawValue), "\(worker.host) <span class=\"beside\">\(worker.processID)</span>",
                        "\(worker.kernels ?? worker.instructionSet)", "\(worker.threads)",
                        "\(isPresent ? NumberText.fixed(worker.imagesPerSecond, 1) : "–")", shardList(worker.shards),
                        "\(NumberText.duration(seconds: max(worker.secondsSinceHeartbeat, 0))) ago",
                        worker.state == .running
                            ? Forms.button("Drain", "/workers/\(worker.id)/drain", of: "worker \(worker.id)", isAsked: true) : "",
                    ]
                )
            })
    }

    /// The first few, so that a worker of many threads does not fill the page.
    private static func shardList(_ shards: [String]) -> Markup {
        let shown = shards.prefix(6).joined(separator: " ")
        return "\(shown)\(shards.count > 6 ? " and \(shards.count - 6) more" : "")"
    }

    static func deadLetters(_ letters: [DeadShard], count: Int) -> Markup {
        guard count > 0 else { return "<p class=\"none\">Nothing was given up.</p>" }
        let more: Markup = count > letters.count ? "<p>The newest \(letters.count) of \(count) are shown.</p>" : ""
        return """
            \(table(
                caption: "Dead letters",
                [
                    Column("Run", figure: true), Column("Shard", figure: true), Column("Images", figure: true), Column("File"),
                    Column("Why"), Column("Attempts", figure: true), Column("Died"), Column("Steer"),
                ],
                rows: letters.map { letter in
                    (
                        "\(letter.run)/\(letter.shard)",
                        [
                            "<a href=\"/runs/\(letter.run)\">\(letter.run)</a>", "\(letter.shard)", "\(letter.images)", "\(letter.path)",
                            "<code>\(letter.code)</code> \(letter.message)", "\(letter.attempts)", "\(letter.diedAt)",
                            "\(Forms.deadLetter("Retry", "retry", letter))\(Forms.deadLetter("Drop", "drop", letter))",
                        ]
                    )
                }))
            \(more)
            """
    }
}
