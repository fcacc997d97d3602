package import Diagnostics
import Foundation
package import NetworkFamilies
import Networks

/// What a user says a checkpoint's network is.
package enum NetworkChoice: Sendable, Hashable {
    /// A family, and what its tensors do not tell.
    case family(NetworkOptions)
    /// A network's description, and what it is called in messages.
    case description(json: String, name: String)

    /// - Parameter text: what `--network` takes, where a path that ends in `.json` stands for what is in the file; or ``text``.
    /// - Throws: `network.invalid-options`, `checkpoint.unreadable`, `network.invalid-description`.
    package init(parsing text: String) throws(Failure) {
        if text.hasPrefix("{") {
            self = .description(json: text, name: "the description")
        } else if text.hasSuffix(".json") {
            let file = try CheckpointFile(path: text)
            guard file.count <= NetworkDescription.maximumBytes, let json = String(data: file.data, encoding: .utf8) else {
                throw Failure(
                    .invalidDescription, "\(text): it is no text in UTF-8 of at most \(NetworkDescription.maximumBytes) bytes.",
                    remedy: "Give a description as docs/networks.md has it.")
            }
            self = .description(json: json.trimmingCharacters(in: .whitespacesAndNewlines), name: text)
        } else {
            self = .family(try NetworkOptions(parsing: text))
        }
    }

    /// All of it, whatever becomes of the file.
    package var text: String {
        switch self {
        case .family(let options): options.text
        case .description(let json, _): json
        }
    }
}
