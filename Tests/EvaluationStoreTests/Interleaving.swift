import Diagnostics
import EvaluationStore
import Foundation
import Postgres

/// Lets two transactions meet: the first is held where it has just written to a table, the second begins then, and the first goes on once the
/// second has ended or waits for it.
///
/// A trigger holds the session named `first`; nothing of this is in the product.
struct Interleaving {
    /// Where the first transaction is held: after a statement that wrote to this table, before its next one.
    enum Place: String, CaseIterable, Sendable {
        case runs, shards, models, datasets
        case labels = "label_sets"
    }

    enum Meeting: Hashable {
        /// The first ended without writing there.
        case none
        /// The second ended while the first was held.
        case passed
        /// The second waited for the first.
        case waited
    }

    /// The number of an advisory lock.
    private static let gate = 42
    private let keeper: PostgresConnection
    /// Sessions are kept from meeting to meeting: a fresh one reads the catalogue of all partitions anew.
    private let firsts: [Place: Seat]
    private let second: Seat

    /// Prepares a database. Deadlocks are found soon, so that tests that find one do not take long.
    init(_ address: DatabaseAddress) throws {
        keeper = try PostgresConnection(address)
        firsts = Dictionary(uniqueKeysWithValues: Place.allCases.map { ($0, Seat(address, "first \($0.rawValue)")) })
        second = Seat(address, "second")
        try keeper.executeScript(
            """
            CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF current_setting('application_name') = 'first ' || TG_TABLE_NAME THEN
                    PERFORM pg_advisory_xact_lock(\(Self.gate));
                END IF;
                RETURN NULL;
            END $$;
            DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET deadlock_timeout = ''20ms''', current_database()); END $$;
            """)
        for place in Place.allCases {
            try keeper.executeScript(
                """
                CREATE TRIGGER hold AFTER INSERT OR UPDATE OR DELETE ON \(place.rawValue) FOR EACH STATEMENT EXECUTE FUNCTION hold()
                """)
        }
    }

    /// - Returns: how they met, and the errors that the two came to.
    func meet(
        at place: Place, first: @escaping @Sendable (EvaluationStore) throws -> Void,
        second: @escaping @Sendable (EvaluationStore) throws -> Void
    ) throws -> (meeting: Meeting, failures: [any Error]) {
        guard let seat = firsts[place] else { preconditionFailure("a place without a session") }
        try keeper.execute("SELECT pg_advisory_lock($1)", [.int(Self.gate)])
        let one = Player(seat, first)
        var meeting = Meeting.none
        if try one.runsUntilEndOrWait(keeper) == .waits {
            let two = Player(self.second, second)
            meeting = try two.runsUntilEndOrWait(keeper) == .waits ? .waited : .passed
            try keeper.execute("SELECT pg_advisory_unlock($1)", [.int(Self.gate)])
            return (meeting, [one.join(), two.join()].compactMap { $0 })
        }
        try keeper.execute("SELECT pg_advisory_unlock($1)", [.int(Self.gate)])
        let failure = one.join()
        let two = Player(self.second, second)
        return (meeting, [failure, two.join()].compactMap { $0 })
    }
}

/// A named session, for one thread at a time.
private final class Seat: @unchecked Sendable {
    let name: String
    let session: PostgresSession

    init(_ address: DatabaseAddress, _ name: String) {
        self.name = name
        session = PostgresSession(address, options: ConnectionOptions(applicationName: name))
    }
}

/// A thread with a store.
private final class Player: @unchecked Sendable {
    enum Standing { case ended, waits }

    private let seat: Seat
    private let condition = NSCondition()
    private var hasEnded = false
    private var failure: (any Error)?

    init(_ seat: Seat, _ body: @escaping @Sendable (EvaluationStore) throws -> Void) {
        self.seat = seat
        Thread.detachNewThread { [self] in
            let result = Result { try body(EvaluationStore(session: seat.session)) }
            condition.lock()
            if case .failure(let error) = result { failure = error }
            hasEnded = true
            condition.broadcast()
            condition.unlock()
        }
    }

    /// Until it has ended, or waits for a lock.
    func runsUntilEndOrWait(_ observer: PostgresConnection) throws -> Standing {
        while true {
            condition.lock()
            _ = hasEnded || condition.wait(until: Date().addingTimeInterval(0.001))
            let ended = hasEnded
            condition.unlock()
            if ended { return .ended }
            let waits = try observer.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock') AS waits",
                [.text(seat.name)])
            if try waits.single().bool("waits") { return .waits }
        }
    }

    func join() -> (any Error)? {
        condition.lock()
        defer { condition.unlock() }
        while !hasEnded { condition.wait() }
        return failure
    }
}
