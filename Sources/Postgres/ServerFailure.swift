import CLibpq
import Diagnostics

/// Turns what the server or libpq reports into a ``Failure``, without values, passwords or SQL arguments.
enum ServerFailure {
    /// The failure that a result of status `PGRES_FATAL_ERROR` reports.
    ///
    /// DETAIL, HINT and CONTEXT may repeat row values and are left out; the names of the constraint, table and column are kept.
    static func make(result: OpaquePointer) -> Failure {
        func field(_ code: CChar) -> String? {
            PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
        }
        let state = field(CChar(UInt8(ascii: "C"))) ?? ""
        var message = field(CChar(UInt8(ascii: "M"))) ?? ""
        guard !state.isEmpty else { return connectionLost(nil) }
        if state.hasPrefix("22") { message = withoutQuotedValues(message) }
        let names = [("constraint", "n"), ("table", "t"), ("column", "c")].compactMap { label, code -> String? in
            guard let character = Unicode.Scalar(code), let name = field(CChar(UInt8(ascii: character))) else { return nil }
            return message.contains("\"\(name)\"") ? nil : "\(label) \(name)"
        }
        if !names.isEmpty { message += " (\(names.joined(separator: ", ")))" }
        return make(state: state, message: "PostgreSQL: \(message)")
    }

    static func make(state: String, message: String) -> Failure {
        Failure(code(ofState: state), message, remedy: remedy(ofState: state), recovery: recovery(ofState: state), nativeCode: state)
    }

    static func connectionLost(_ reason: String?) -> Failure {
        Failure(
            .databaseConnectionLost, "The connection to PostgreSQL was lost" + (reason.map { ": \($0)" } ?? ""),
            remedy: "see whether the server runs and the network to it works", recovery: .transient)
    }

    /// SQLSTATEs after which the session is gone, so that a COMMIT under way has an unknown end.
    static func endsSession(_ failure: Failure) -> Bool {
        switch failure.code {
        case .databaseConnectionLost, .databaseTimeout, .databaseShutdown: true
        default: failure.nativeCode?.hasPrefix("08") ?? false
        }
    }

    static func code(ofState state: String) -> Failure.Code {
        if let code = codeByState[state] { return code }
        switch state.prefix(2) {
        case "08": return .databaseConnectionLost
        case "22": return .databaseInvalidValue
        case "23": return .databaseConstraintViolation
        case "28": return .databaseAuthentication
        case "40": return .databaseSerialization
        case "53": return .databaseOutOfResources
        default: return .databaseError
        }
    }

    static func recovery(ofState state: String) -> Failure.Recovery {
        switch state.prefix(2) {
        case "08", "40", "53": return .transient
        default: break
        }
        // 57014 is a cancelled statement: the limit of time was reached, which an idle server may keep. 55006: the object is in use.
        // 25006 comes from a server that is a standby, or was made one; 25P03 from one that cut off a session that idled.
        return ["57P01", "57P02", "57P03", "57P05", "57014", "55P03", "55006", "25006", "25P03"].contains(state) ? .transient : .permanent
    }

    private static let codeByState: [String: Failure.Code] = [
        "23505": .databaseUniqueViolation, "23503": .databaseForeignKeyViolation, "23502": .databaseNotNullViolation,
        "23514": .databaseCheckViolation, "40P01": .databaseDeadlock, "55P03": .databaseLockNotAvailable,
        "42P01": .databaseUndefinedTable, "42703": .databaseUndefinedColumn, "42883": .databaseUndefinedFunction,
        "42P07": .databaseDuplicateObject, "42710": .databaseDuplicateObject, "42P04": .databaseDuplicateObject,
        "42701": .databaseDuplicateObject, "42P06": .databaseDuplicateObject, "42723": .databaseDuplicateObject,
        "42601": .databaseSyntax, "42501": .databaseInsufficientPrivilege, "3D000": .databaseUndefinedDatabase,
        "53300": .databaseTooManyConnections, "53100": .databaseDiskFull, "57014": .databaseCancelled,
        "57P01": .databaseShutdown, "57P02": .databaseShutdown, "57P03": .databaseUnreachable, "57P04": .databaseUndefinedDatabase,
        "57P05": .databaseShutdown, "55006": .databaseObjectInUse, "25006": .databaseReadOnly, "25P02": .databaseTransactionAborted,
        "25P03": .databaseShutdown, "P0001": .databaseRaised,
    ]

    private static func remedy(ofState state: String) -> String? {
        switch state {
        case "28P01": "check the password (in the address, PGPASSWORD or ~/.pgpass)"
        case "28000": "check the role's name and the server's pg_hba.conf"
        case "3D000": "create the database, or name another one in the address"
        case "42P01", "42703", "42883": "bring the schema up to date with 'evalctl migrate'"
        case "42501": "grant the role what it needs, or connect as another role"
        case "53300": "raise max_connections on the server, or run fewer workers"
        case "53100": "free disk space on the server"
        default: nil
        }
    }

    /// `text` with everything between its first and last quotation mark left out: data exceptions quote the value they refuse.
    static func withoutQuotedValues(_ text: String) -> String {
        let marks: Set<Character> = ["\"", "“", "”", "„", "«", "»"]
        guard let first = text.firstIndex(where: marks.contains), let last = text.lastIndex(where: marks.contains), first < last else {
            return text
        }
        return text[..<first] + "\"…\"" + text[text.index(after: last)...]
    }
}
