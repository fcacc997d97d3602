internal import Crypto
internal import Diagnostics
package import Foundation

/// The secret that opens a program's HTTP pages. It is compared in constant time, and never printed.
package struct HTTPToken: Sendable {
    /// Shorter ones could be guessed.
    package static let leastBytes = 16
    /// How long a browser that signed in stays so.
    static let sessionSeconds = 12 * 3600

    private let key: SymmetricKey
    private let digest: SHA256Digest

    /// - Throws: `http.token` where the text is too short, or could not stand in a header.
    package init(_ text: String) throws {
        guard text.utf8.count >= Self.leastBytes, text.utf8.count <= 1024, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Failure(
                .httpToken, "the token for HTTP is not \(Self.leastBytes) to 1024 visible ASCII characters",
                remedy: "make one with `openssl rand -hex 32`")
        }
        key = SymmetricKey(data: SHA256.hash(data: Data(text.utf8)))
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

    /// What a browser that has shown the token keeps instead of it: a time, and this program's seal on it.
    package func session(now: Date = Date()) -> String {
        let end = Int(now.timeIntervalSince1970) + Self.sessionSeconds
        return "\(end).\(seal(end).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())"
    }

    /// Whether `text` is a session of this token that has not ended.
    package func isSession(_ text: String, now: Date = Date()) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 64, let end = Int(parts[0]), let seal = Self.bytes(hex: parts[1]) else {
            return false
        }
        let isSealed = HMAC<SHA256>.isValidAuthenticationCode(seal, authenticating: Self.message(end), using: key)
        return isSealed && Double(end) > now.timeIntervalSince1970
    }

    private func seal(_ end: Int) -> [UInt8] { Array(HMAC<SHA256>.authenticationCode(for: Self.message(end), using: key)) }

    private static func message(_ end: Int) -> Data { Data("evalctl session until \(end)".utf8) }

    private static func bytes(hex: Substring) -> Data? {
        let digits = hex.compactMap(\.hexDigitValue)
        guard digits.count == hex.count, digits.count % 2 == 0 else { return nil }
        return Data(stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) })
    }
}
