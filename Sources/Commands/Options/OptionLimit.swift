internal import ArgumentParser

/// Limits of options that several commands have.
package enum OptionLimit {
    private static let threads = 1...1024

    /// - Throws: where `threads` is no number of threads; nil leaves it to the command.
    package static func check(threads: Int?) throws {
        guard let threads, !Self.threads.contains(threads) else { return }
        throw ValidationError("--threads takes \(Self.threads.lowerBound) to \(Self.threads.upperBound)")
    }
}
