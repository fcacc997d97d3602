internal import Diagnostics
internal import Postgres

/// Further labels of a data set.
package struct StoredLabelSet: Sendable, Hashable, Codable {
    package var name: String
    /// Images that it says something of, and those of them with at least one accepted class.
    package var images: Int
    package var labelled: Int
    /// Hexadecimal hash of the file they came from.
    package var sha256: String
    package var addedAt: String

    enum CodingKeys: String, CodingKey {
        case name, images, labelled, sha256
        case addedAt = "added_at"
    }
}

extension Catalogue {
    /// Adds further labels of a data set under a name, in one transaction.
    /// - Parameters:
    ///   - sha256: the hash of the file they came from, 32 bytes.
    ///   - labels: the accepted classes by the image's ordinal.
    /// - Throws: `store.conflict` where the name is taken; `store.not_found` where the data set is deleted at the same time.
    package func addLabelSet(_ name: String, toDataSet dataset: StoredDataSet, sha256: [UInt8], labels: [(ordinal: Int, labels: [Int])])
        throws
    {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let inserted = try referring(to: "data set \(dataset.name)") {
                    try connection.execute(
                        """
                        INSERT INTO label_sets (dataset_id, name, sha256) VALUES ($1, $2, $3) ON CONFLICT (dataset_id, name) DO NOTHING
                        RETURNING label_set_id
                        """, [.int64(dataset.id), .text(name), .bytes(sha256)])
                }
                guard let id = try inserted.first?.int64("label_set_id") else {
                    throw Failure(
                        .conflict, "data set \(dataset.name) has labels named \(name) already",
                        remedy: "choose another name, or remove them with `evalctl labels remove \(dataset.name) \(name)`")
                }
                try connection.copyIn("label_set_labels", ["label_set_id", "ordinal", "labels"]) { writer in
                    for row in labels {
                        try writer.row([.int64(id), .int(row.ordinal), .int32Array(row.labels.map { Int32(clamping: $0) })])
                    }
                }
            }
        }
    }

    /// Removes further labels.
    /// - Throws: `store.not_found`.
    package func removeLabelSet(_ name: String, ofDataSet dataset: StoredDataSet) throws {
        guard try execute("DELETE FROM label_sets WHERE dataset_id = $1 AND name = $2", [.int64(dataset.id), .text(name)]) == 1 else {
            throw Failure(
                .notFound, "data set \(dataset.name) has no labels named \(name)",
                remedy: "`evalctl labels list \(dataset.name)` shows those it has")
        }
    }

    /// Further labels of a data set, by name.
    package func labelSets(ofDataSet id: Int64) throws -> [StoredLabelSet] {
        try rows(
            """
            SELECT name, encode(sha256, 'hex') AS sha256, \(Self.time("added_at")) AS added_at,
                   count(l.ordinal) AS images, count(*) FILTER (WHERE cardinality(l.labels) > 0) AS labelled
            FROM label_sets LEFT JOIN label_set_labels l USING (label_set_id)
            WHERE dataset_id = $1 GROUP BY label_set_id ORDER BY name
            """, [.int64(id)]
        ).map { row in
            StoredLabelSet(
                name: try row.text("name"), images: try row.int("images"), labelled: try row.int("labelled"),
                sha256: try row.text("sha256"), addedAt: try row.text("added_at"))
        }
    }
}
