package import Logging

/// Which messages are logged: those of a least level, which some targets have for themselves.
package struct LogLevels: Sendable, Hashable {
    package let general: Logger.Level
    /// By the name of the module that logs, in lower case.
    package let byTarget: [String: Logger.Level]

    package init(_ general: Logger.Level, byTarget: [String: Logger.Level] = [:]) {
        self.general = general
        self.byTarget = byTarget
    }

    /// Parses `warning`, or `info,kafka=debug,coordinator=error`.
    /// - Parameter targets: the names that there are.
    /// - Throws: `log.level`.
    package init(parsing text: String, targets: Set<String>) throws {
        var general: Logger.Level?
        var byTarget: [String: Logger.Level] = [:]
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard let name = words.last, let level = Logger.Level(rawValue: name) else {
                throw Self.refusal("there is no log level \(words.last ?? "")", targets)
            }
            if words.count == 2 {
                guard targets.contains(words[0]) else { throw Self.refusal("there is no log target \(words[0])", targets) }
                byTarget[words[0]] = level
            } else {
                guard general == nil else { throw Self.refusal("\(text) has more than one level for all", targets) }
                general = level
            }
        }
        self.init(general ?? .warning, byTarget: byTarget)
    }

    private static func refusal(_ reason: String, _ targets: Set<String>) -> Failure {
        Failure(
            Failure.Code("log.level"), reason,
            remedy:
                "give debug, info, warning or error, then TARGET=LEVEL of \(targets.sorted().joined(separator: ", ")), separated by commas")
    }

    /// The least level that anything is logged at.
    var least: Logger.Level { byTarget.values.reduce(general, min) }

    /// Whether a message of a module is logged.
    func includes(_ level: Logger.Level, source: String) -> Bool { level >= byTarget[source.lowercased()] ?? general }
}
