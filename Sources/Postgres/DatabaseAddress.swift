import CLibpq
import Diagnostics

/// Where a database is and how to get in: the parsed form of a PostgreSQL URI or `key=value` string.
///
/// What the string leaves out, libpq takes from where it always does: a service file, the `PG…` environment variables, `.pgpass`.
/// ``description``, mirrors and dumps never show a password; ``exposedURI`` does and says so.
package struct DatabaseAddress: Sendable, Hashable {
    /// Connection parameters by libpq keyword (`host`, `port`, `dbname`, `user`, `password`, `sslmode`, ...).
    private(set) var parameters: [String: String]

    /// Parses a URI (`postgresql://user@host:5432/name?sslmode=require`) or a `key=value` string (`host=/run/postgresql dbname=x`).
    ///
    /// The empty string means libpq's defaults.
    /// - Throws: `database.invalid_address`; the text never repeats any of `text`, which may hold a password.
    package init(parsing text: String) throws {
        guard !text.utf8.contains(0) else { throw Self.invalid("it contains a NUL character") }
        try Self.refuseMisplacedCredentials(in: text)
        var errorText: UnsafeMutablePointer<CChar>?
        defer { PQfreemem(errorText) }
        guard let options = PQconninfoParse(text, &errorText) else {
            throw Self.invalid(Self.reason(ofParserText: errorText.map { String(cString: $0) } ?? ""))
        }
        defer { PQconninfoFree(options) }
        var parameters: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { parameters[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        try Self.validate(parameters)
        self.parameters = parameters
    }

    /// An address on a Unix socket, as ``EmbeddedCluster`` has it.
    package init(socketDirectory: String, port: Int = 5432, user: String, database: String) {
        parameters = ["host": socketDirectory, "port": String(port), "user": user, "dbname": database]
    }

    /// The same server and user, another database.
    package func with(database: String) -> DatabaseAddress {
        var copy = self
        copy.parameters["dbname"] = database
        return copy
    }

    /// The same address with one libpq parameter changed (`sslmode`, `user`, `password`, ...).
    package func with(_ keyword: String, _ value: String) -> DatabaseAddress {
        var copy = self
        copy.parameters[keyword] = value
        return copy
    }

    /// The database's name where the address gives one.
    package var database: String? { parameters["dbname"] }
    /// The role's name where the address gives one.
    package var user: String? { parameters["user"] }
    /// The host name, or the directory of the Unix socket, where the address gives one.
    package var host: String? { parameters["host"] }
    /// The port, where the address gives one.
    package var port: Int? { parameters["port"].flatMap { Int($0) } }

    /// The values that no text may show.
    var secrets: [String] {
        Self.secretKeywords.compactMap { parameters[$0] }.filter { !$0.isEmpty }
    }

    /// The keywords that libpq itself marks as passwords, and the one that it only started to mark later.
    static let secretKeywords: [String] = {
        var keywords: Set<String> = ["password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"]
        guard let options = PQconndefaults() else { return keywords.sorted() }
        defer { PQconninfoFree(options) }
        var option = options
        while let keyword = option.pointee.keyword {
            if let display = option.pointee.dispchar, display.pointee == CChar(UInt8(ascii: "*")) {
                keywords.insert(String(cString: keyword))
            }
            option += 1
        }
        return keywords.sorted()
    }()
}

extension DatabaseAddress {
    private static func invalid(_ reason: String) -> Failure {
        Failure(
            .databaseInvalidAddress, "The database address is not usable: \(reason)",
            remedy: "give postgresql://user@host:port/database, with special characters of a password percent-encoded, "
                + "or host=… dbname=… user=…")
    }

    /// libpq's reason as far as its first quotation mark: what stands inside the marks comes from the address.
    private static func reason(ofParserText text: String) -> String {
        let fixed = text.prefix { $0 != "\"" && $0 != "“" && $0 != "«" && $0 != "„" && $0 != "\n" }
        let trimmed = fixed.reversed().drop { " :(".contains($0) }.reversed()
        return trimmed.isEmpty ? "it cannot be parsed" : String(trimmed)
    }

    /// Refuses a URI whose password holds an unescaped `@` or `/`: libpq would take part of it for the host, the port or the database,
    /// and later name that part in an error.
    private static func refuseMisplacedCredentials(in text: String) throws {
        guard let scheme = ["postgresql://", "postgres://"].first(where: { text.hasPrefix($0) }) else { return }
        let rest = text.dropFirst(scheme.count)
        let credentialEnd = rest.firstIndex(of: "@") ?? rest.startIndex
        let beforeQuery = rest.prefix(upTo: rest[credentialEnd...].firstIndex(of: "?") ?? rest.endIndex)
        let signs = beforeQuery.count { $0 == "@" }
        if signs > 1 { throw invalid("it has more than one '@' before the '?'") }
        if signs == 1, let slash = beforeQuery.firstIndex(of: "/"), slash < credentialEnd {
            throw invalid("it has a '/' before the '@'")
        }
    }

    private static func validate(_ parameters: [String: String]) throws {
        // It may hold a password, and would be shown as a name.
        if let name = parameters["dbname"], name.contains("=") || name.contains("://") {
            throw invalid("the database's name is an address by itself")
        }
        for port in (parameters["port"] ?? "").split(separator: ",") where !(1...65_535).contains(Int(port) ?? 0) {
            throw invalid("the port is not a number from 1 to 65535")
        }
        for host in (parameters["host"] ?? "").split(separator: ",") where !host.hasPrefix("/") && host.dropFirst().contains("@") {
            throw invalid("the host name contains an '@'")
        }
        for keyword in ["connect_timeout", "keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"] {
            if let value = parameters[keyword], Int(value) == nil { throw invalid("\(keyword) is not a whole number") }
        }
    }
}
