internal import Postgres

/// A class of a stored data set.
package struct StoredClass: Sendable, Hashable, Codable {
    package var label: Int
    /// The folder's name, the synset, or the name given.
    package var name: String
    /// What people call it.
    package var title: String?

    enum CodingKeys: String, CodingKey {
        case label = "class"
        case name, title
    }
}

extension Catalogue {
    /// A data set's classes, by index.
    package func classes(ofDataSet id: Int64) throws -> [StoredClass] {
        try rows("SELECT class, name, title FROM dataset_classes WHERE dataset_id = $1 ORDER BY class", [.int64(id)]).map { row in
            StoredClass(label: try row.int("class"), name: try row.text("name"), title: try row.textIfPresent("title"))
        }
    }

    /// Gives a data set's classes titles, by their names; classes that `titles` does not know keep what they have.
    /// - Returns: how many classes were named.
    package func setClassTitles(_ titles: [String: String], ofDataSet id: Int64) throws -> Int {
        let ordered = titles.sorted { $0.key < $1.key }
        return try execute(
            """
            UPDATE dataset_classes c SET title = t.title FROM unnest($2::text[], $3::text[]) AS t (name, title)
            WHERE c.dataset_id = $1 AND c.name = t.name
            """, [.int64(id), .textArray(ordered.map(\.key)), .textArray(ordered.map(\.value))])
    }

    /// Classes that the data set has images of, ascending.
    package func listedClasses(ofDataSet id: Int64) throws -> [Int] {
        try rows("SELECT DISTINCT label FROM images WHERE dataset_id = $1 ORDER BY label", [.int64(id)]).map { try $0.int("label") }
    }
}
