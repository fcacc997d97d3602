internal import Crypto
internal import Diagnostics
internal import Foundation

/// The secret that opens a program's HTTP pages. It is compared in constant time, and never printed.
package struct HTTPToken: Sendable {
    /// Shorter ones could be guessed.
    package static let leastBytes = 16
    private let digest: SHA256Digest

    /// - Throws: `http.token` where the text is too short, or could not stand in a header.
    package init(_ text: String) throws {
        guard text.utf8.count >= Self.leastBytes, text.utf8.count <= 1024, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Failure(
                .httpToken, "the token for HTTP is not \(Self.leastBytes) to 1024 visible ASCII characters",
                remedy: "make one with `openssl rand -hex 32`")
        }
        digest = SHA256.hash(data: Data(text.utf8))
    }

    /// The token in a file, else the one in the environment variable `EVALCTL_HTTP_TOKEN`; nil where there is neither.
    /// - Throws: `http.token`.
    package static func find(file: String?, environment: [String: String]) throws -> HTTPToken? {
        if let file {
            guard let handle = FileHandle(forReadingAtPath: file), let data = try? handle.read(upToCount: 4096) else {
                throw Failure(.httpToken, "the token's file \(file) cannot be read", remedy: "name a readable file with --http-token-file")
            }
            let text = String(decoding: data, as: UTF8.self)
            return try HTTPToken(text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        guard let text = environment["EVALCTL_HTTP_TOKEN"], !text.isEmpty else { return nil }
        return try HTTPToken(text)
    }

    /// Whether `text` is the token.
    package func matches(_ text: String) -> Bool { SHA256.hash(data: Data(text.utf8)) == digest }
}
