internal import Diagnostics
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

    /// - Parameter style: the class that gives it its colour; the name itself without it.
    static func state(_ name: String, style: String? = nil) -> Markup { "<span class=\"state \(style ?? name)\">\(name)</span>" }

    /// A time of the database as people read it: `2026-11-25 10:34:51 UTC`.
    static func time(_ text: String) -> Markup {
        let readable = text.replacing("T", with: " ", maxReplacements: 1).replacing("Z", with: " UTC", maxReplacements: 1)
        return "<time datetime=\"\(text)\">\(readable)</time>"
    }

    /// Workers that report, and below them, folded, those that have ended.
    static func workers(_ workers: [WorkerStatus]) -> Markup {
        let (present, ended) = (workers.filter(\.isPresent), workers.filter { !$0.isPresent })
        let first: Markup =
            present.isEmpty
            ? "<p class=\"none\">No worker reports.</p>" : workerTable(present, caption: "Workers")
        guard !ended.isEmpty else { return first }
        let gone = ended.count { $0.state == .gone }
        let mark: Markup = gone > 0 ? ", \(state("\(gone) gone without a word", style: "gone"))" : ""
        return """
            \(first)
            <details><summary>\(ended.count.counted("worker")) ended within the last hour\(mark)</summary>
            \(workerTable(ended, caption: "Workers that ended"))</details>
            """
    }

    private static func workerTable(_ workers: [WorkerStatus], caption: String) -> Markup {
        table(
            caption: caption,
            [
                Column("Worker", figure: true), Column("State"), Column("Host"), Column("Kernels"), Column("Threads", figure: true),
                Column("Images/s", figure: true), Column("Shards in work (run/shard)"), Column("Last heartbeat", figure: true),
                Column("Steer"),
            ],
            rows: workers.map { worker in
                (
                    "\(worker.id)",
                    [
                        "\(worker.id)", state(worker.state.rawValue),
                        "\(worker.host) <span class=\"beside\">process \(worker.processID)</span>",
                        "\(worker.kernels ?? worker.instructionSet)", "\(worker.threads)",
                        "\(worker.isPresent ? NumberText.fixed(worker.imagesPerSecond, 1) : "–")", shardList(worker.shards),
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
                            "<code>\(letter.code)</code> \(letter.message)", "\(letter.attempts)", time(letter.diedAt),
                            "\(Forms.deadLetter("Retry", "retry", letter))\(Forms.deadLetter("Drop", "drop", letter))",
                        ]
                    )
                }))
            \(more)
            """
    }
}
