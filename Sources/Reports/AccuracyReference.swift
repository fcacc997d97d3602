package import Evaluation

/// A top-1 accuracy that a run is held against, such as a paper's.
package struct AccuracyReference: Sendable, Hashable {
    /// Percent.
    package var percent: Double
    /// Percentage points.
    package var tolerance: Double

    package init(percent: Double, tolerance: Double) {
        self.percent = percent
        self.tolerance = tolerance
    }

    /// Whether a run's top-1 lies within the tolerance, its ends included.
    package func holds(for report: RunReport) -> Bool {
        // A billionth of a point is what a decimal tolerance may be off as a binary number.
        report.images.evaluated > 0 && abs(report.top1.accuracy * 100 - percent) <= tolerance + 1e-9
    }

    /// One sentence for a person.
    package func verdict(for report: RunReport) -> String {
        guard report.images.evaluated > 0 else { return "no image has a prediction, so there is no top-1 to hold against the reference" }
        let difference = NumberText.signed(report.top1.accuracy * 100 - percent, 2)
        let isInside = report.top1.ci95.low * 100 <= percent && percent <= report.top1.ci95.high * 100
        return
            "top-1 \(NumberText.percent(report.top1.accuracy)) is \(difference) points from the reference \(NumberText.fixed(percent, 2)) %, "
            + "\(holds(for: report) ? "within" : "NOT within") the tolerance of \(NumberText.fixed(tolerance, 2)); "
            + "the reference is \(isInside ? "inside" : "outside") the 95 % interval"
    }
}
