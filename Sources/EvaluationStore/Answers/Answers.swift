package import Postgres

/// What came out: reports, comparisons, figures, overviews.
package struct Answers: SQLSession {
    package let session: PostgresSession

    var queue: ShardQueue { ShardQueue(session: session) }
    var catalogue: Catalogue { Catalogue(session: session) }
}
