internal import Foundation
internal import Kafka
internal import Postgres

extension ProgramSettings {
    /// The effective settings, in the form of a configuration file, each with where it is from. No secret is shown: what may hold one is taken
    /// apart, and its secret parts are left out.
    var printed: String {
        let lines = taken.flatMap { setting -> [String] in
            let (origin, values) = values(of: setting)
            let source =
                switch origin {
                case .flag: "command line"
                case .environment: setting.variable
                case .credential: "credential evalctl_\(setting.name)"
                case .file: file?.path ?? ""
                case .builtIn: "built in"
                }
            if values.isEmpty { return ["# \(setting.name) is not set"] }
            return ["# from: \(source)"] + values.map { "\(setting.name) = \(Self.withoutSecrets($0, of: setting.name))" }
        }
        return (["# \(file.map { "configuration file: \($0.path)" } ?? "no configuration file")"] + lines).joined(separator: "\n") + "\n"
    }

    private static func withoutSecrets(_ value: String, of name: String) -> String {
        switch name {
        case "database": (try? DatabaseAddress(parsing: value))?.maskedURI ?? "*** (no usable address)"
        case "kafka-property": (try? KafkaConfiguration.property(parsing: value)).map(KafkaConfiguration.masked) ?? "*** (no property)"
        case "kafka": value.split(separator: ",", omittingEmptySubsequences: false).map(withoutUser).joined(separator: ",")
        case "dataset-root", "endpoint-url": withoutCredentials(value)
        default: value
        }
    }

    /// An address without the user and password that may stand before its host, nor the query, which may be a signature.
    private static func withoutCredentials(_ text: String) -> String {
        guard let scheme = text.firstRange(of: "://") else { return text }
        var rest = text[scheme.upperBound...]
        var query = ""
        if let mark = rest.firstIndex(of: "?") {
            rest = rest[..<mark]
            query = "?***"
        }
        let path = rest.drop { $0 != "/" }
        return text[..<scheme.upperBound] + withoutUser(rest.prefix { $0 != "/" }) + path + query
    }

    /// A host without the user and password that somebody wrote before it.
    private static func withoutUser(_ host: Substring) -> String {
        host.lastIndex(of: "@").map { "***" + host[$0...] } ?? String(host)
    }
}
