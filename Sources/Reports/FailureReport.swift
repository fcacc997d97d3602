package import Evaluation

/// The images of a run that have no prediction, and why. Its JSON form is documented in `docs/answers.md`.
package struct FailureReport: Sendable, Encodable {
    package var run: RunID
    package var state: RunState
    package var images: RunReport.Images
    package var causes: [FailureCount]
    /// In the manifest's order.
    package var failures: [FailedImage]

    package init(run: RunID, state: RunState, images: RunReport.Images, causes: [FailureCount], failures: [FailedImage]) {
        self.run = run
        self.state = state
        self.images = images
        self.causes = causes
        self.failures = failures
    }

    package func rendered(as format: OutputFormat) throws -> String {
        var document = TextDocument("Run \(run): images without a prediction")
        document.say(summary)
        document.show(
            "By cause",
            TextTable(
                [.init("cause"), .init("images", .right), .init("for example")],
                rows: causes.map { [$0.code, NumberText.grouped($0.images), $0.example] }))
        document.show(
            "All of them",
            TextTable(
                [.init("image"), .init("label", .right), .init("cause"), .init("what happened"), .init("on"), .init("at")],
                rows: failures.map { [$0.path, "\($0.label)", $0.code, $0.message, $0.host ?? "-", $0.failedAt] }))
        return try document.rendered(as: format, json: self)
    }

    private var summary: String {
        let missing = images.expected - images.evaluated
        guard missing > 0 else { return "every one of \(NumberText.grouped(images.expected, "image")) has a prediction" }
        var text =
            "\(NumberText.grouped(missing)) of \(NumberText.grouped(images.expected, "image")): \(NumberText.grouped(images.failed)) failed"
        if missing > images.failed {
            text += ", \(NumberText.grouped(missing - images.failed)) were not tried to the end; the run is \(state.rawValue)"
        }
        return text
    }
}
