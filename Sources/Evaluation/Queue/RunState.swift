/// States of a run.
package enum RunState: String, Sendable, Hashable, CaseIterable, Codable {
    case running, paused, finished, cancelled

    /// Whether no more rows of the run will be written.
    package var isTerminal: Bool { self == .finished || self == .cancelled }

    /// The state in words that tell whether the run counts every image: `finished`, or `incomplete, 50 of 53`.
    package func words(evaluated: Int, of expected: Int) -> String {
        guard isTerminal, evaluated < expected else { return rawValue }
        return "\(self == .finished ? "incomplete" : rawValue), \(evaluated) of \(expected)"
    }

    /// What may be done to a run.
    package enum Command: String, Sendable, Hashable, CaseIterable {
        /// Nothing more is handed out; what is computed is finished and stored.
        case pause
        case resume
        /// Computing stops; what is stored stays.
        case cancel
        /// Every shard is accounted for.
        case finish
        /// Its failed, dead or cancelled images are to be done again.
        case reopen
    }

    /// The state after a command; nil where it does not apply. Doing again what is done already applies.
    package func after(_ command: Command) -> RunState? {
        switch (command, self) {
        case (.pause, .running), (.pause, .paused): .paused
        case (.resume, .running), (.resume, .paused): .running
        case (.cancel, .running), (.cancel, .paused), (.cancel, .cancelled): .cancelled
        case (.finish, .running), (.finish, .paused), (.finish, .finished): .finished
        case (.reopen, .finished), (.reopen, .cancelled), (.reopen, .running): .running
        case (.reopen, .paused): .paused
        default: nil
        }
    }
}
