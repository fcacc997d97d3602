package import Reports

/// What a chaos trial did and found. Its JSON form is stable and documented in `docs/chaos.md`.
package struct ChaosOutcome: Sendable, Hashable, Codable {
    package var seed: UInt64
    package var minutes: Double
    /// Runs submitted while faults happened.
    package var runs: Int
    /// Images of those runs.
    package var images: Int
    /// Faults that happened, by kind.
    package var faults: [String: Int]
    /// Attempts at shards that did not end in a store: expired, or failed.
    package var lostAttempts: Int
    /// Images without a prediction.
    package var lost: Int
    /// Images that count twice: in sums over layers, or as both evaluated and failed.
    package var duplicated: Int
    /// Whether every run has the digest of an undisturbed one.
    package var digestEqual: Bool
    /// Runs that did not end.
    package var unfinished: Int
    /// Programs that ended though nobody ended them, or not as they were told.
    package var unexpectedExits: Int

    enum CodingKeys: String, CodingKey {
        case seed, minutes, runs, images, faults, lost, duplicated, unfinished
        case lostAttempts = "lost_attempts"
        case digestEqual = "digest_equal"
        case unexpectedExits = "unexpected_exits"
    }

    package init(seed: UInt64, minutes: Double) {
        self.seed = seed
        self.minutes = minutes
        runs = 0
        images = 0
        faults = [:]
        lostAttempts = 0
        lost = 0
        duplicated = 0
        digestEqual = true
        unfinished = 0
        unexpectedExits = 0
    }

    /// Whether all is well.
    package var isClean: Bool {
        runs > 0 && lost == 0 && duplicated == 0 && digestEqual && unfinished == 0 && unexpectedExits == 0
    }

    /// The outcome in `format`, with a newline at the end.
    package func rendered(as format: OutputFormat) throws -> String {
        let total = faults.values.reduce(0, +)
        let rows =
            [
                ["seed", "\(seed)"], ["minutes", NumberText.fixed(minutes, 1)], ["runs", "\(runs)"],
                ["images", NumberText.grouped(images)], ["faults", "\(total)"],
            ] + faults.sorted { $0.key < $1.key }.map { ["  \($0.key)", "\($0.value)"] } + [
                ["attempts lost", "\(lostAttempts)"], ["images lost", "\(lost)"], ["duplicated", "\(duplicated)"],
                ["digest equal", digestEqual ? "yes" : "NO"],
                ["unfinished runs", "\(unfinished)"], ["unexpected exits", "\(unexpectedExits)"],
                ["verdict", isClean ? "nothing lost, nothing twice" : "NOT CLEAN"],
            ]
        let table = TextTable([.init("figure"), .init("value", .right)], rows: rows)
        return try table.rendered(as: format, json: self)
    }
}
