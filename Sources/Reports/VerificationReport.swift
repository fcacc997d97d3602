internal import Diagnostics
package import Evaluation

/// Whether rows are reproduced to the bit. Its JSON form is documented in `docs/answers.md`.
package struct VerificationReport: Sendable, Encodable {
    /// An image whose row is not reproduced.
    package struct Problem: Sendable, Hashable, Encodable {
        package var path: String
        /// Columns that differ; empty where the image could not be computed.
        package var columns: [String]
        /// Why it could not be computed.
        package var cause: String?

        package init(path: String, columns: [String], cause: String? = nil) {
            self.path = path
            self.columns = columns
            self.cause = cause
        }
    }

    package var run: RunID
    package var engine: String
    /// What computed the images here.
    package var instructionSet: String
    package var seed: UInt64
    package var images: Int
    package var reproduced: Int
    package var problems: [Problem]

    enum CodingKeys: String, CodingKey {
        case run, engine, seed, images, reproduced, problems
        case instructionSet = "instruction_set"
    }

    package init(run: RunID, engine: String, instructionSet: String, seed: UInt64, images: Int, problems: [Problem]) {
        self.run = run
        self.engine = engine
        self.instructionSet = instructionSet
        self.seed = seed
        self.images = images
        reproduced = images - problems.count
        self.problems = problems
    }

    package func rendered(as format: OutputFormat) throws -> String {
        var document = TextDocument("Run \(run): \(reproduced) of \(images.counted("row")) reproduced to the bit")
        document.say("engine \(engine) on \(instructionSet), images drawn with seed \(seed)")
        document.show(
            "Not reproduced",
            TextTable(
                [.init("image"), .init("differs in")], rows: problems.map { [$0.path, $0.cause ?? $0.columns.joined(separator: ", ")] }))
        return try document.rendered(as: format, json: self)
    }
}
