internal import Evaluation
internal import EvaluationStore
internal import Pages

/// Runs that have ended, a page of them.
enum EndedRunsPage {
    /// Runs of a page.
    static let size = 50

    /// - Parameter runs: newest first; one more than a page has where there are older ones.
    static func content(_ runs: [RunOverview], isNewest: Bool) -> Markup {
        let shown = Array(runs.prefix(size))
        guard let last = shown.last else { return "<p class=\"none\">No run has ended\(isNewest ? "" : " before that") yet.</p>" }
        let newer: Markup = isNewest ? "" : "<a href=\"/runs\">Newest</a>"
        let older: Markup = runs.count > size ? "<a rel=\"next\" href=\"/runs?before=\(last.run)\">Older</a>" : ""
        return """
            \(RunTables.runs(shown, caption: "Runs \(last.run) to \(shown[0].run)"))
            <p class="pages">\(newer)\(older)</p>
            """
    }
}
