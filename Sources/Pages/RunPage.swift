package import Evaluation
internal import Reports

/// A run's report as one self-contained page.
package struct RunPage: Sendable {
    package var content: RunPageContent
    var report: RunReport { content.report }

    package init(_ content: RunPageContent) { self.content = content }

    /// The whole file.
    package var html: String {
        let sections: [Page.Section?] = [
            Page.Section("accuracy", "Accuracy and energy", accuracy),
            Page.Section("activity", "Activity", activity),
            Page.Section("classes", "Classes and confusion", classes),
            Page.Section("mistakes", "Worst mistakes", images),
            Page.Section("speed", "Speed", speed),
            Page.Section("certificate", "Multiplication-free inference", certificate),
            Page.Section("provenance", "Provenance", provenance),
        ]
        return Page(title: "Run \(report.run): \(report.model) on \(report.dataset)", lead: lead, sections: sections.compactMap { $0 })
            .html
    }
}
