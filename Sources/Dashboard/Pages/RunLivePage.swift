internal import Evaluation
internal import EvaluationStore
internal import Pages
internal import Reports

/// One run, as parts that change.
enum RunLivePage {
    static func parts(_ run: RunOverview, fleet: FleetOverview) -> [LivePart] {
        let own = "\(run.run)/"
        let workers = fleet.workers.filter { $0.shards.contains { $0.hasPrefix(own) } }
        let letters = fleet.deadLetters.newest.filter { $0.run == run.run }
        return [
            LivePart(id: "clock", content: OverviewPage.clock(fleet)), LivePart(id: "run", content: progress(run)),
            LivePart(
                id: "workers",
                content: run.state.isTerminal
                    ? "" : workers.isEmpty ? "<p class=\"none\">No worker has a shard of this run.</p>" : Tables.workers(workers)),
            LivePart(id: "dead-letters", content: letters.isEmpty ? "" : Tables.deadLetters(letters, count: letters.count)),
        ]
    }

    private static func progress(_ run: RunOverview) -> Markup {
        let failed: Markup = run.imagesFailed == 0 ? "none" : "\(NumberText.grouped(run.imagesFailed))"
        let fields: [(String, Markup)] = [
            ("State", RunTables.state(run)), ("Model", "\(run.model)"), ("Data set", "\(run.dataset)"),
            ("Engine", "\(run.engine), T = \(run.timeSteps)"), ("Priority", "\(run.priority)"),
            ("Images", "\(NumberText.grouped(run.imagesFinished)) of \(NumberText.grouped(run.imagesExpected))"), ("Images failed", failed),
            ("Images per second", "\(NumberText.fixed(run.imagesPerSecond, 1))"), ("Time left", RunTables.eta(run)),
            ("Top-1 so far, 95 % interval", RunTables.top1(run.top1)), ("Submitted", Tables.time(run.submittedAt)),
            ("Started", run.startedAt.map(Tables.time) ?? "not yet"), ("Ended", run.finishedAt.map(Tables.time) ?? "not yet"),
        ]
        let list: [Markup] = fields.map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>\n" }
        return """
            <p class="wide">\(RunTables.progress(run))\(RunTables.images(run))</p>
            <p class="wide">\(RunTables.shardBar(run.shards))</p>
            <dl class="fields">\(list)</dl>
            \(run.shards.done > 0 ? "<p><a href=\"/runs/\(run.run)/report\">Report of what is stored so far</a>: accuracy, activity, mistakes, speed</p>" as Markup : "")
            <div class="steering">\(Forms.run(run))</div>
            """
    }
}
