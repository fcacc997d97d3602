package import Diagnostics
package import NetworkFamilies

/// What a user says a checkpoint's network is: the value of `--network`.
package enum NetworkChoice: Sendable, Hashable {
    /// A family, and what its tensors do not tell.
    case family(NetworkOptions)
    /// A file that describes the network.
    case description(path: String)

    /// - Throws: `network.invalid-options`.
    package init(parsing text: String) throws(Failure) {
        self = text.hasSuffix(".json") ? .description(path: text) : .family(try NetworkOptions(parsing: text))
    }

    /// As ``init(parsing:)`` reads it.
    var text: String {
        switch self {
        case .family(let options): options.text
        case .description(let path): path
        }
    }
}
