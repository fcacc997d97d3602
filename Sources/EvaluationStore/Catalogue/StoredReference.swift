package import Evaluation
internal import Postgres

/// What names a stored model or data set: its name, and where several have that, behind an @ the beginning of its hash or behind a # its number.
package struct StoredReference: Sendable, Hashable {
    package let name: String
    /// Lower-case hexadecimal digits; empty for any.
    package let hash: String
    /// 0 for any.
    package let number: Int64

    package init(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        let isHash = parts.count == 2 && (4...64).contains(parts[1].utf8.count) && parts[1].allSatisfy(\.isHexDigit)
        hash = isHash ? parts[1].lowercased() : ""
        let numbered = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let given = numbered.count == 2 ? Int64(numbered[1]) : nil
        number = given ?? 0
        name = isHash ? String(parts[0]) : given == nil ? text : String(numbered[0])
    }
}

extension Catalogue {
    /// For each run whose model or data set shares its name with others: the name with the hash's first eight digits.
    package func ambiguousReferences() throws -> [RunID: (model: String?, dataset: String?)] {
        let found = try rows(
            """
            SELECT r.run_id,
                   CASE WHEN (SELECT count(*) FROM models o WHERE o.name = m.name) > 1
                        THEN m.name || '@' || left(encode(m.sha256, 'hex'), 8) END AS model,
                   CASE WHEN (SELECT count(*) FROM datasets o WHERE o.name = d.name) > 1
                        THEN d.name || '@' || left(encode(d.manifest_sha256, 'hex'), 8) END AS dataset
            FROM runs r JOIN models m USING (model_id) JOIN datasets d USING (dataset_id)
            WHERE (SELECT count(*) FROM models o WHERE o.name = m.name) > 1 OR (SELECT count(*) FROM datasets o WHERE o.name = d.name) > 1
            """)
        var references: [RunID: (model: String?, dataset: String?)] = [:]
        for row in found {
            references[RunID(try row.int64("run_id"))] = (try row.textIfPresent("model"), try row.textIfPresent("dataset"))
        }
        return references
    }
}
