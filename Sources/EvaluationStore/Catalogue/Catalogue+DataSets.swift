internal import Diagnostics
package import Evaluation
internal import Postgres

/// A stored data set; its images are rows of the manifest.
package struct StoredDataSet: Sendable, Hashable, Codable {
    package var id: Int64
    package var name: String
    package var root: String
    /// Where the labels came from (`folders`, `csv`, ...).
    package var labels: String
    package var images: Int
    package var classes: Int
    /// Hexadecimal hash over the manifest's rows.
    package var manifestSHA256: String
    package var addedAt: String

    enum CodingKeys: String, CodingKey {
        case id, name, root, labels, images, classes
        case manifestSHA256 = "manifest_sha256"
        case addedAt = "added_at"
    }

    package init(
        id: Int64 = 0, name: String, root: String, labels: String, images: Int, classes: Int, manifestSHA256: String,
        addedAt: String = ""
    ) {
        self.id = id
        self.name = name
        self.root = root
        self.labels = labels
        self.images = images
        self.classes = classes
        self.manifestSHA256 = manifestSHA256
        self.addedAt = addedAt
    }

    /// The labels of a data set whose images are no files: only their hashes are there, for engines that answer from those.
    package static let noFiles = "none"
}

/// One image of a stored manifest.
package struct StoredImage: Sendable, Hashable {
    package var ordinal: Int
    /// Relative to the data set's root; of an image in an archive: its path in there, behind the archive's own where there are several.
    package var path: String
    /// The archive that holds the image, relative to the root; empty where the root is the archive; nil for a file of its own.
    package var container: String?
    /// Its first byte in the archive, from 0.
    package var offset: Int?
    package var label: Int
    package var bytes: Int
    /// Hash of the file, 32 bytes.
    package var sha256: [UInt8]

    package init(
        ordinal: Int, path: String, container: String? = nil, offset: Int? = nil, label: Int, bytes: Int, sha256: [UInt8]
    ) {
        self.ordinal = ordinal
        self.path = path
        self.container = container
        self.offset = offset
        self.label = label
        self.bytes = bytes
        self.sha256 = sha256
    }
}

extension Catalogue {
    /// Adds a data set. The same manifest under the same name is not added again; only its root is brought up to date.
    /// - Returns: the data set's number, and whether it is new.
    package func addDataSet(
        _ dataset: StoredDataSet, classNames: [String], images: [StoredImage]
    ) throws -> (id: Int64, isNew: Bool) {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let inserted = try connection.execute(
                    """
                    INSERT INTO datasets (name, root, labels, images, classes, manifest_sha256)
                    VALUES ($1, $2, $3, $4, $5, decode($6, 'hex')) ON CONFLICT (name, manifest_sha256) DO NOTHING RETURNING dataset_id
                    """,
                    [
                        .text(dataset.name), .text(dataset.root), .text(dataset.labels), .int(images.count), .int(classNames.count),
                        .text(dataset.manifestSHA256),
                    ])
                guard let id = try inserted.first?.int64("dataset_id") else {
                    let known = try connection.execute(
                        """
                        UPDATE datasets SET root = $3 WHERE name = $1 AND manifest_sha256 = decode($2, 'hex') RETURNING dataset_id
                        """, [.text(dataset.name), .text(dataset.manifestSHA256), .text(dataset.root)])
                    guard let row = known.first else {
                        throw Failure(.conflict, "data set \(dataset.name) was deleted while it was added", remedy: "add it again")
                    }
                    return (try row.int64("dataset_id"), false)
                }
                try connection.copyIn("dataset_classes", ["dataset_id", "class", "name"]) { writer in
                    for (index, name) in classNames.enumerated() {
                        try writer.row([.int64(id), .int(index), .text(name)])
                    }
                }
                let columns = ["dataset_id", "ordinal", "path", "container", "byte_offset", "label", "bytes", "sha256"]
                try connection.copyIn("images", columns) { writer in
                    for image in images {
                        try writer.row([
                            .int64(id), .int(image.ordinal), .text(image.path), .text(orNull: image.container),
                            .int(orNull: image.offset), .int(image.label), .int((image.bytes)), .bytes(image.sha256),
                        ])
                    }
                }
                return (id, true)
            }
        }
    }

    private static let dataSetColumns = """
        SELECT dataset_id, name, root, labels, images, classes, encode(manifest_sha256, 'hex') AS manifest_sha256,
               \(Catalogue.time("added_at")) AS added_at
        FROM datasets
        """

    private func dataSet(_ row: PostgresRow) throws -> StoredDataSet {
        StoredDataSet(
            id: try row.int64("dataset_id"), name: try row.text("name"), root: try row.text("root"), labels: try row.text("labels"),
            images: try row.int("images"), classes: try row.int("classes"), manifestSHA256: try row.text("manifest_sha256"),
            addedAt: try row.text("added_at"))
    }

    /// All data sets, by name, newest first.
    package func dataSets() throws -> [StoredDataSet] {
        try rows(Self.dataSetColumns + " ORDER BY name, dataset_id DESC").map(dataSet)
    }

    /// The data sets of that name, with `NAME@HASH` those whose manifest's hash begins so, with `NAME#NUMBER` that one; the newest first.
    package func dataSets(named name: String) throws -> [StoredDataSet] {
        let reference = StoredReference(name)
        return try rows(
            Self.dataSetColumns
                + " WHERE name = $1 AND starts_with(encode(manifest_sha256, 'hex'), $2) AND ($3 = 0 OR dataset_id = $3) ORDER BY dataset_id DESC",
            [.text(reference.name), .text(reference.hash), .int64(reference.number)]
        ).map(dataSet)
    }

    /// The data set a run evaluates.
    package func dataSet(id: Int64) throws -> StoredDataSet {
        guard let row = try rows(Self.dataSetColumns + " WHERE dataset_id = $1", [.int64(id)]).first else {
            throw Failure(.notFound, "there is no data set number \(id)")
        }
        return try dataSet(row)
    }

    /// Images of a range of a manifest, in order.
    package func images(ofDataSet id: Int64, range: ShardRange) throws -> [StoredImage] {
        try rows(
            """
            SELECT \(Self.imageColumns) FROM images
            WHERE dataset_id = $1 AND ordinal >= $2 AND ordinal < $3 ORDER BY ordinal
            """, [.int64(id), .int(range.ordinals.lowerBound), .int(range.ordinals.upperBound)]
        ).map(image)
    }

    /// What ``image(_:)`` reads of the table `images`.
    static let imageColumns = "ordinal, path, container, byte_offset, label, bytes, sha256"

    func image(_ row: PostgresRow) throws -> StoredImage {
        StoredImage(
            ordinal: try row.int("ordinal"), path: try row.text("path"), container: try row.textIfPresent("container"),
            offset: try row.intIfPresent("byte_offset"), label: try row.int("label"), bytes: try row.int("bytes"),
            sha256: try row.bytes("sha256"))
    }

    /// Names of a data set's classes, by index.
    package func classNames(ofDataSet id: Int64) throws -> [String] {
        try rows("SELECT name FROM dataset_classes WHERE dataset_id = $1 ORDER BY class", [.int64(id)]).map { try $0.text("name") }
    }

    /// At most `count` images of a data set, spread over all of it.
    package func sample(ofDataSet dataSet: Int64, count: Int) throws -> [StoredImage] {
        try rows(
            """
            SELECT \(Self.imageColumns) FROM images
            WHERE dataset_id = $1 AND ordinal IN (
                SELECT DISTINCT (i * d.images / $2)::integer FROM datasets d, generate_series(0, $2::integer - 1) AS i WHERE dataset_id = $1)
            ORDER BY ordinal
            """, [.int64(dataSet), .int(count)]
        ).map(image)
    }
}
