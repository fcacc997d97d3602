package import Diagnostics
internal import Evaluation
package import Postgres

extension Failure.Code {
    /// No run, model or data set of that name or number.
    package static let notFound = Failure.Code("store.not_found")
    /// Two runs are to be compared that saw different images.
    package static let differentImages = Failure.Code("compare.different_images")
    /// The name is taken by something else.
    package static let conflict = Failure.Code("store.conflict")
    /// The shard's lease was lost: cancelled, expired and given to another, or already stored.
    package static let leaseLost = Failure.Code("store.lease_lost")
}

/// What asks the database by SQL: every statement of the project stands in an extension of one of the three that ``EvaluationStore`` has.
package protocol SQLSession {
    var session: PostgresSession { get }
}

extension SQLSession {
    /// SQL for a column's time in ISO 8601, UTC, to the second.
    static func time(_ column: String) -> String {
        "to_char(\(column) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
    }

    /// Rows of `sql`.
    func rows(_ sql: String, _ parameters: [PostgresValue] = []) throws -> PostgresResult {
        try session.withConnection { try $0.execute(sql, parameters) }
    }

    /// Runs `sql` and says how many rows it touched.
    @discardableResult
    func execute(_ sql: String, _ parameters: [PostgresValue] = []) throws -> Int {
        try rows(sql, parameters).affectedRows
    }

    /// Runs an insertion that refers to something that may be deleted beside it.
    func referring<Result>(to what: String, _ insert: () throws -> Result) throws -> Result {
        do {
            return try insert()
        } catch let failure as Failure where failure.code == .databaseForeignKeyViolation {
            throw Failure(.notFound, "\(what) was deleted at this moment", cause: failure)
        }
    }
}

/// The database as the pipeline sees it: work, what it is made of, and what came out.
///
/// It holds one session and belongs to one thread at a time; all calls block.
package final class EvaluationStore {
    package let session: PostgresSession
    package var queue: ShardQueue { ShardQueue(session: session) }
    package var catalogue: Catalogue { Catalogue(session: session) }
    package var answers: Answers { Answers(session: session) }

    package init(session: PostgresSession) {
        self.session = session
    }
}

extension RunState {
    /// The column `state` of a row of `runs`.
    /// - Throws: `database.unexpected_result` for a state that this version does not know.
    init(column row: PostgresRow) throws {
        let name = try row.text("state")
        guard let state = RunState(rawValue: name) else {
            throw Failure(.databaseUnexpectedResult, "a run is \(name), a state that this version does not know")
        }
        self = state
    }
}

extension PostgresRow {
    func int64(_ column: String) throws -> Int64 { Int64(try int(column)) }
}
