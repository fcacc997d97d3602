internal import Evaluation
internal import EvaluationStore
internal import Pages
internal import Reports

/// The page of everything, as parts that change.
enum OverviewPage {
    static func parts(_ fleet: FleetOverview) -> [LivePart] {
        [
            LivePart(id: "clock", content: clock(fleet)), LivePart(id: "summary", content: summary(fleet)),
            LivePart(id: "runs", content: runs(fleet.runs)), LivePart(id: "workers", content: Tables.workers(fleet.workers)),
            LivePart(id: "dead-letters", content: deadLetters(fleet.deadLetters)),
        ]
    }

    static func clock(_ fleet: FleetOverview) -> Markup {
        let leader = fleet.coordinators.first(where: \.leads).map { "coordinator \($0.id) on \($0.host) leads" } ?? "no coordinator leads"
        let waiting = fleet.coordinators.count { !$0.leads }
        return """
            <p>As of <time datetime="\(fleet.at)">\(fleet.at)</time>; \(leader)\(waiting > 0 ? ", \(waiting) more wait" : "").</p>
            """
    }

    private static func summary(_ fleet: FleetOverview) -> Markup {
        let active = fleet.runs.filter { !$0.state.isTerminal }
        var shards = ShardCounts()
        for run in active {
            shards.pending += run.shards.pending
            shards.published += run.shards.published
            shards.running += run.shards.running
            shards.done += run.shards.done
            shards.dead += run.shards.dead
        }
        let present = fleet.workers.filter { $0.state == .running || $0.state == .draining }
        let left = active.reduce(0) { $0 + max($1.imagesExpected - $1.imagesDone, 0) }
        return """
            <dl class="tiles">
            \(tile("Images per second", NumberText.fixed(fleet.imagesPerSecond, 1)))
            \(tile("Runs under way", "\(fleet.runsByState["running", default: 0])", "\(fleet.runsByState["paused", default: 0]) paused"))
            \(tile("Images left", NumberText.grouped(left)))
            \(tile("Workers", "\(present.count)", "\(present.reduce(0) { $0 + $1.threads }) threads"))
            \(tile("Shards running", NumberText.grouped(shards.running),
                "\(NumberText.grouped(shards.pending)) pending, \(NumberText.grouped(shards.published)) published"))
            \(tile("Dead letters", NumberText.grouped(fleet.deadLetters.shards),
                fleet.deadLetters.images == 0 ? "" : "\(NumberText.grouped(fleet.deadLetters.images)) images"))
            </dl>
            """
    }

    private static func tile(_ title: String, _ figure: String, _ more: String = "") -> Markup {
        "<div><dt>\(title)</dt><dd>\(figure) <span class=\"beside\">\(more)</span></dd></div>"
    }

    private static func runs(_ runs: [RunOverview]) -> Markup {
        guard !runs.isEmpty else {
            return "<p class=\"none\">There is no run yet; <code>evalctl submit</code> makes one.</p>"
        }
        return Tables.table(
            caption: "Runs",
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
                        Tables.state(run.state.rawValue),
                        """
                        \(Tables.progress(run)) <span class="beside">\(NumberText.grouped(run.imagesDone)) of \
                        \(NumberText.grouped(run.imagesExpected))</span>
                        """,
                        Tables.shardBar(run.shards), "\(NumberText.fixed(run.imagesPerSecond, 1))", Tables.eta(run),
                        Tables.top1(run.top1), Forms.run(run),
                    ]
                )
            })
    }

    private static func deadLetters(_ letters: DeadLetterOverview) -> Markup {
        "\(Tables.deadLetters(Array(letters.newest.prefix(10)), count: letters.shards))"
    }
}
