internal import Evaluation
internal import EvaluationStore
internal import Pages
internal import Reports

/// The page of everything, as parts that change.
enum OverviewPage {
    static func parts(_ fleet: FleetOverview) -> [LivePart] {
        [
            LivePart(id: "clock", content: clock(fleet)), LivePart(id: "summary", content: summary(fleet)),
            LivePart(id: "runs", content: runs(fleet)), LivePart(id: "workers", content: Tables.workers(fleet.workers)),
            LivePart(id: "dead-letters", content: deadLetters(fleet.deadLetters)),
        ]
    }

    static func clock(_ fleet: FleetOverview) -> Markup {
        let leader = fleet.coordinators.first(where: \.leads).map { "coordinator \($0.id) on \($0.host) leads" } ?? "no coordinator leads"
        let waiting = fleet.coordinators.count { !$0.leads }
        return """
            <p>As of \(Tables.time(fleet.at)); \(leader)\(waiting > 0 ? ", \(waiting) more wait" : "").</p>
            """
    }

    private static func summary(_ fleet: FleetOverview) -> Markup {
        let totals = fleet.totals
        return """
            <dl class="tiles">
            \(tile("Images per second", NumberText.fixed(fleet.imagesPerSecond, 1)))
            \(tile("Runs under way", "\(fleet.runsByState["running", default: 0])", "\(fleet.runsByState["paused", default: 0]) paused"))
            \(tile("Images left", NumberText.grouped(totals.imagesLeft)))
            \(tile("Workers", NumberText.grouped(totals.workers), "\(NumberText.grouped(totals.threads, "thread"))"))
            \(tile("Shards running", NumberText.grouped(totals.shards.running),
                "\(NumberText.grouped(totals.shards.pending)) pending, \(NumberText.grouped(totals.shards.published)) published"))
            \(tile("Dead letters", NumberText.grouped(fleet.deadLetters.shards),
                fleet.deadLetters.images == 0 ? "" : "\(NumberText.grouped(fleet.deadLetters.images, "image"))"))
            </dl>
            """
    }

    private static func tile(_ title: String, _ figure: String, _ more: String = "") -> Markup {
        "<div><dt>\(title)</dt><dd>\(figure) <span class=\"beside\">\(more)</span></dd></div>"
    }

    private static func runs(_ fleet: FleetOverview) -> Markup {
        guard !fleet.runs.isEmpty else {
            return "<p class=\"none\">There is no run yet; <code>evalctl submit</code> makes one.</p>"
        }
        let shown = (active: fleet.runs.count { !$0.state.isTerminal }, ended: fleet.runs.count { $0.state.isTerminal })
        let all = (
            active: fleet.runsByState["running", default: 0] + fleet.runsByState["paused", default: 0],
            ended: fleet.runsByState["finished", default: 0] + fleet.runsByState["cancelled", default: 0]
        )
        let fewer: Markup =
            all.active > shown.active
            ? "The newest \(shown.active) of \(NumberText.grouped(all.active, "run")) under way are shown; the figures above count all. "
            : ""
        let ended: Markup =
            all.ended == 0
            ? ""
            : "<a href=\"/runs\">All \(NumberText.grouped(all.ended, "ended run"))</a>\(all.ended > shown.ended ? ", of which the last \(shown.ended) are here" : "")."
        return "\(RunTables.runs(fleet.runs, caption: "Runs"))<p class=\"beside\">\(fewer)\(ended)</p>"
    }

    private static func deadLetters(_ letters: DeadLetterOverview) -> Markup {
        "\(Tables.deadLetters(Array(letters.newest.prefix(10)), count: letters.shards))"
    }
}
