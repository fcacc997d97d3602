package import Postgres

/// What runs are made of: models with their checkpoints, data sets, labels, certificates.
package struct Catalogue: SQLSession {
    package let session: PostgresSession
}
