import CLibpq
import Diagnostics
import Glibc

/// Making a connection: parameters, waiting, and what went wrong.
enum ConnectionOpening {
    /// - Returns: A connection in non-blocking mode, owned by the caller.
    static func open(_ address: DatabaseAddress, _ options: ConnectionOptions) throws -> OpaquePointer {
        var parameters: [String: String] = [
            "connect_timeout": String(max(2, options.connectTimeout.components.seconds)),
            "fallback_application_name": options.applicationName,
            "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3",
            "tcp_user_timeout": String(options.tcpUserTimeout.milliseconds),
        ]
        let assumed = TransportSecurity.assumed(for: address)
        parameters.merge(assumed) { $1 }
        parameters.merge(address.parameters) { $1 }
        parameters["client_encoding"] = "UTF8"
        let ordered = parameters.sorted { $0.key < $1.key }
        let started = withCStrings(ordered.map(\.key)) { keywords in
            withCStrings(ordered.map(\.value)) { values in PQconnectStartParams(keywords, values, 0) }
        }
        guard let handle = started else {
            throw Failure(.databaseUnreachable, "libpq has no memory for a connection", recovery: .transient)
        }
        do {
            // The verbose form is the only one in which libpq gives the SQLSTATE of a refused connection.
            PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
            // The default receiver prints the server's notices to the standard error stream.
            PQsetNoticeReceiver(handle, { _, _ in }, nil)
            try complete(handle, address, deadline: Deadline(in: timeout(parameters, options)))
            PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
            guard PQsetnonblocking(handle, 1) == 0 else { throw failure(handle, address) }
            return handle
        } catch var failure as Failure {
            PQfinish(handle)
            if failure.code == .databaseUnreachable, !assumed.isEmpty { failure.remedy = TransportSecurity.remedy }
            throw failure
        }
    }

    private static func complete(_ handle: OpaquePointer, _ address: DatabaseAddress, deadline: Deadline) throws {
        guard PQstatus(handle) != CONNECTION_BAD else { throw failure(handle, address) }
        var events = Int16(POLLOUT)
        while true {
            guard try SocketWait.poll(PQsocket(handle), for: events, deadline: deadline) != nil else {
                throw unreachable(address, "it did not answer in time")
            }
            switch PQconnectPoll(handle) {
            case PGRES_POLLING_OK: return
            case PGRES_POLLING_READING: events = Int16(POLLIN)
            case PGRES_POLLING_WRITING: events = Int16(POLLOUT)
            default: throw failure(handle, address)
            }
        }
    }

    /// The time for all hosts of the address together. A host that swallows packets is left after `tcp_user_timeout`.
    private static func timeout(_ parameters: [String: String], _ options: ConnectionOptions) -> Duration {
        let hosts = max(1, (parameters["host"] ?? parameters["hostaddr"] ?? "").split(separator: ",").count)
        let single =
            parameters["connect_timeout"].flatMap(Int64.init).map { Duration.seconds(min(max($0, 0), 86_400)) } ?? options.connectTimeout
        // libpq takes 0 for "no limit"; here every wait has one.
        let limit = single == .zero ? .seconds(86_400) : single
        return hosts == 1 ? limit : max(limit, options.tcpUserTimeout) * hosts
    }

    /// What kept the connection from being made: by SQLSTATE where the server spoke, else `database.unreachable`.
    private static func failure(_ handle: OpaquePointer, _ address: DatabaseAddress) -> Failure {
        let text = withoutSecrets(String(cString: PQerrorMessage(handle)), address, handle)
        let lines = text.split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("LOCATION:") && !$0.hasPrefix("DETAIL:") && !$0.hasPrefix("HINT:") && !$0.hasPrefix("\t") }
        let refusal = lines.lazy.compactMap(splitState).last
        let spoken = refusal.map { $0.text } ?? lines.joined(separator: "; ")
        if let refusal, refusal.state.prefix(2) != "08" {
            return ServerFailure.make(state: refusal.state, message: "PostgreSQL at \(address) refused the connection: \(spoken)")
        }
        if PQconnectionNeedsPassword(handle) == 1 {
            return Failure(
                .databaseAuthentication, "PostgreSQL at \(address) asks for a password and none was given",
                remedy: "give it in the address, in PGPASSWORD or in ~/.pgpass", nativeCode: "28P01")
        }
        return unreachable(address, spoken)
    }

    private static func unreachable(_ address: DatabaseAddress, _ reason: String) -> Failure {
        Failure(
            .databaseUnreachable, "No connection to PostgreSQL at \(address): \(reason)",
            remedy: "see whether the server runs there and the address is right", recovery: .transient)
    }

    /// Splits `… FATAL:  28P01: password authentication failed …` into the SQLSTATE and the text after it.
    static func splitState(_ line: String) -> (state: String, text: String)? {
        let parts = line.split(separator: ": ", omittingEmptySubsequences: true).map { $0.drop { $0 == " " } }
        for (index, part) in parts.enumerated().dropLast() where part.utf8.count == 5 {
            let isState = part.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
            guard isState, part.utf8.contains(where: { (0x30...0x39).contains($0) }) else { continue }
            return (String(part), parts[(index + 1)...].joined(separator: ": "))
        }
        return nil
    }

    /// libpq's own text with every secret of the connection blotted out.
    static func withoutSecrets(_ text: String, _ address: DatabaseAddress, _ handle: OpaquePointer) -> String {
        var secrets = address.secrets
        if let password = PQpass(handle).map({ String(cString: $0) }), !password.isEmpty { secrets.append(password) }
        return secrets.sorted { $0.utf8.count > $1.utf8.count }.reduce(text) { text, secret in
            text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "***")
        }
    }
}
