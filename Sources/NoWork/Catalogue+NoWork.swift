internal import Diagnostics
package import EvaluationStore
internal import Postgres

extension Catalogue {
    /// Adds a data set whose images are no files: the hash of each is that of its ordinal, and its label the hash's first two bytes,
    /// as the network of no work expects.
    /// - Returns: the data set's number; that of the one there, where it was added before.
    package func addNoWorkDataSet(_ name: String, images: Int, classes: Int) throws -> Int64 {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let manifest = "sha256(convert_to($1 || ' ' || $2::text || ' ' || $3::text, 'UTF8'))"
                let key: [PostgresValue] = [.text(name), .int(images), .int(classes)]
                let known = try connection.execute("SELECT dataset_id FROM datasets WHERE name = $1 AND manifest_sha256 = \(manifest)", key)
                if let row = known.first { return Int64(try row.int("dataset_id")) }
                let inserted = try connection.execute(
                    """
                    INSERT INTO datasets (name, root, labels, images, classes, manifest_sha256)
                    VALUES ($1, '/nonexistent', '\(StoredDataSet.noFiles)', $2, $3, \(manifest)) RETURNING dataset_id
                    """, key)
                guard let id = try inserted.first?.int("dataset_id") else {
                    throw Failure(.conflict, "data set \(name) could not be added")
                }
                _ = try connection.execute(
                    "INSERT INTO dataset_classes (dataset_id, class, name) SELECT $1, c, 'class ' || c FROM generate_series(0, $2::integer - 1) AS c",
                    [.int(id), .int(classes)])
                // In pieces: each statement has a time limit.
                for first in stride(from: 0, to: images, by: 100_000) {
                    _ = try connection.execute(
                        """
                        INSERT INTO images (dataset_id, ordinal, path, label, bytes, sha256)
                        SELECT $1, o, o::text, (get_byte(hash, 0) * 256 + get_byte(hash, 1)) % $4::integer, 32, hash
                        FROM (SELECT o, sha256(convert_to(o::text, 'UTF8')) AS hash
                              FROM generate_series($2::integer, $3::integer - 1) AS o) AS made
                        """, [.int(id), .int(first), .int(min(first + 100_000, images)), .int(classes)])
                }
                return Int64(id)
            }
        }
    }
}
