internal import Synchronization

/// Which connections stay open and which requests are answered, when more come than there is room for.
///
/// A connection that asks nothing may be closed at any time, so that those who hold many of them keep nobody out. Requests are counted, by
/// address too, so that there is room left for others and for probes.
package final class ConnectionLedger: Sendable {
    package struct Limits: Sendable {
        /// Open connections.
        package var connections: Int
        /// Requests that are answered at a time, probes aside.
        package var requests: Int
        /// Of them, requests of one address.
        package var requestsPerAddress: Int

        package init(connections: Int, requests: Int, requestsPerAddress: Int) {
            self.connections = connections
            self.requests = requests
            self.requestsPerAddress = requestsPerAddress
        }
    }

    private struct Entry {
        var address: String
        var isAnswered = false
        var isCounted = false
        var close: @Sendable () -> Void
    }

    private struct State {
        var entries: [Int: Entry] = [:]
        var next = 0
        var requests = 0
        var requestsByAddress: [String: Int] = [:]
    }

    private let limits: Limits
    private let state = Mutex(State())

    package init(_ limits: Limits) { self.limits = limits }

    /// Notes a new connection. Where there are too many, one of those that ask nothing goes: the oldest one of the address that has most of them.
    /// - Parameter close: Closes the connection, later and from any thread.
    /// - Returns: The connection's number; nil where there is no room for it.
    package func open(_ address: String, close: @escaping @Sendable () -> Void) -> Int? {
        state.withLock { state in
            if state.entries.count >= limits.connections {
                guard let victim = Self.victim(state.entries) else { return nil }
                state.entries.removeValue(forKey: victim)?.close()
            }
            defer { state.next += 1 }
            state.entries[state.next] = Entry(address: address, close: close)
            return state.next
        }
    }

    private static func victim(_ entries: [Int: Entry]) -> Int? {
        var idle: [String: (count: Int, oldest: Int)] = [:]
        for (number, entry) in entries where !entry.isAnswered {
            let known = idle[entry.address] ?? (0, number)
            idle[entry.address] = (known.count + 1, min(known.oldest, number))
        }
        return idle.values.max { ($0.count, $1.oldest) < ($1.count, $0.oldest) }?.oldest
    }

    /// Notes that a connection's request is complete.
    /// - Parameter isProbe: Whether it is answered however many others are.
    /// - Returns: Whether to answer it.
    package func begin(_ number: Int, isProbe: Bool) -> Bool {
        state.withLock { state in
            guard var entry = state.entries[number] else { return false }
            if !isProbe, !entry.isCounted {
                let own = state.requestsByAddress[entry.address, default: 0]
                guard state.requests < limits.requests, own < limits.requestsPerAddress else { return false }
                state.requests += 1
                state.requestsByAddress[entry.address] = own + 1
                entry.isCounted = true
            }
            entry.isAnswered = true
            state.entries[number] = entry
            return true
        }
    }

    /// Notes that a connection's requests are answered.
    package func end(_ number: Int) {
        state.withLock { state in
            guard let entry = state.entries[number] else { return }
            Self.uncount(entry, &state)
            state.entries[number]?.isAnswered = false
            state.entries[number]?.isCounted = false
        }
    }

    /// Notes that a connection is closed.
    package func close(_ number: Int) {
        state.withLock { state in
            guard let entry = state.entries.removeValue(forKey: number) else { return }
            Self.uncount(entry, &state)
        }
    }

    private static func uncount(_ entry: Entry, _ state: inout State) {
        guard entry.isCounted else { return }
        state.requests -= 1
        let own = state.requestsByAddress[entry.address, default: 1] - 1
        state.requestsByAddress[entry.address] = own > 0 ? own : nil
    }
}
