/// The one shape of every error this project throws.
///
/// A failure names the thing, says what went wrong and how to mend it. Callers dispatch on ``code``, never on text.
/// No field may carry payloads, SQL arguments or secrets: all of them end in logs.
public struct Failure: Error, Sendable {
    /// What kind of failure this is, as a dotted name (`image.truncated`, `database.unreachable`).
    public struct Code: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        public let rawValue: String

        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        public init(_ name: String) {
            self.rawValue = name
        }

        public var description: String { rawValue }
    }

    /// Whether the same attempt may succeed later without anybody mending anything.
    public enum Recovery: Sendable, Hashable {
        /// A service was gone or busy; trying again can help.
        case transient
        /// The input is bad; trying again gives the same failure.
        case permanent
    }

    public var code: Code
    /// One sentence: the thing, and what is wrong with it.
    public var message: String
    /// One sentence: what a person can do about it.
    public var remedy: String?
    public var recovery: Recovery
    /// The native code of the library underneath: an SQLSTATE, a librdkafka error name, an errno.
    public var nativeCode: String?
    public var cause: (any Error)?
    /// Where in this program the failure was made: `Module/File.swift:line`.
    public var location: String

    public init(
        _ code: Code,
        _ message: String,
        remedy: String? = nil,
        recovery: Recovery = .permanent,
        nativeCode: String? = nil,
        cause: (any Error)? = nil,
        file: String = #fileID,
        line: Int = #line
    ) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.recovery = recovery
        self.nativeCode = nativeCode
        self.cause = cause
        self.location = "\(file):\(line)"
    }
}

extension Failure: CustomStringConvertible {
    /// The message, the causes below it, and the remedy, as one line for a person.
    public var description: String {
        var text = message
        if let nativeCode { text += " [\(nativeCode)]" }
        if let cause { text += ": \(Self.sentence(of: cause))" }
        if let remedy { text += " (\(remedy))" }
        return text
    }
}

extension Failure {
    /// What an error says to a person. Foundation's and the standard library's own descriptions are made for debuggers.
    public static func sentence(of error: any Error) -> String {
        switch error {
        case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
            DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            return context.debugDescription
        default:
            let text = "\(error)"
            guard text.hasPrefix("Error Domain=") else { return text }
            // `Error Domain=NSCocoaErrorDomain Code=260 "The file ... couldn't be opened." UserInfo={...}`, and others within.
            let said = text.matches(of: #/Code=(-?[0-9]+) "([^"]*)"/#).first { $0.output.2 != "(null)" }
            let code = text.firstMatch(of: #/Code=(-?[0-9]+)/#)?.output.1
            return said.map { String($0.output.2) } ?? "the system's error \(code ?? "unknown")"
        }
    }

    /// The code of `error` where it is a ``Failure``.
    public static func code(of error: any Error) -> Code? {
        (error as? Failure)?.code
    }
}
