internal import Crypto
internal import Diagnostics
internal import Postgres

/// A stored checkpoint.
package struct StoredModel: Sendable, Hashable, Codable {
    package var id: Int64
    package var name: String
    /// Hexadecimal hash of the checkpoint file.
    package var sha256: String
    /// What was said of the network beside the file, which tells two readings of one file apart; empty where nothing was.
    package var network: String
    package var format: String
    package var bytes: Int
    /// The architecture, as JSON.
    package var architecture: String
    package var parameters: Int
    package var paperName: String?
    package var addedAt: String

    enum CodingKeys: String, CodingKey {
        case id, name, sha256, network, format, bytes, architecture, parameters
        case paperName = "paper_name"
        case addedAt = "added_at"
    }

    package init(
        id: Int64 = 0, name: String, sha256: String, network: String = "", format: String, bytes: Int, architecture: String,
        parameters: Int,
        paperName: String?, addedAt: String = ""
    ) {
        self.id = id
        self.name = name
        self.sha256 = sha256
        self.network = network
        self.format = format
        self.bytes = bytes
        self.architecture = architecture
        self.parameters = parameters
        self.paperName = paperName
        self.addedAt = addedAt
    }
}

/// A LIF group or a synaptic layer of a stored model.
package struct StoredLayer: Sendable, Hashable {
    package var name: String
    package var isLIF: Bool
    /// LIF neurons, or a synaptic layer's inputs, per image.
    package var neurons: Int

    package init(name: String, isLIF: Bool, neurons: Int) {
        self.name = name
        self.isLIF = isLIF
        self.neurons = neurons
    }
}

extension Catalogue {
    /// Bytes of a checkpoint per row of `checkpoint_chunks`.
    package static let chunkBytes = 1 << 20

    /// Adds a checkpoint under a name. The same file, read in the same way, is not added again under the same name; pieces of it that the database lacks, or has
    /// otherwise, are put right.
    /// - Parameter chunk: gives piece `i` of the file, of ``chunkBytes`` each, nil past the end.
    /// - Returns: the model's number, and whether it is new.
    package func addModel(
        _ model: StoredModel, layers: [StoredLayer], chunk: (Int) throws -> [UInt8]?
    ) throws -> (id: Int64, isNew: Bool) {
        try session.withConnection { connection in
            try connection.transaction { connection in
                let key: [PostgresValue] = [.text(model.name), .text(model.sha256), .text(model.network)]
                let inserted = try connection.execute(
                    """
                    INSERT INTO models (name, sha256, network, format, bytes, architecture, parameters, paper_name)
                    VALUES ($1, decode($2, 'hex'), $3, $4, $5, $6::text::jsonb, $7, $8)
                    ON CONFLICT (name, sha256, network) DO NOTHING RETURNING model_id
                    """,
                    key + [
                        .text(model.format), .int(model.bytes), .text(model.architecture), .int(model.parameters),
                        model.paperName.map { .text($0) } ?? .null,
                    ])
                guard let id = try inserted.first?.int64("model_id") else {
                    let known = try connection.execute(
                        "SELECT model_id FROM models WHERE name = $1 AND sha256 = decode($2, 'hex') AND network = $3 FOR KEY SHARE", key)
                    guard let row = known.first else {
                        throw Failure(.conflict, "model \(model.name) was deleted while it was added", remedy: "add it again")
                    }
                    try keepChunks(of: model.sha256, in: connection, chunk: chunk)
                    return (try row.int64("model_id"), false)
                }
                try connection.copyIn("model_layers", ["model_id", "layer", "name", "kind", "neurons"]) { writer in
                    for (index, layer) in layers.enumerated() {
                        try writer.row([
                            .int64(id), .int(index), .text(layer.name), .text(layer.isLIF ? "lif" : "synapse"),
                            .int((layer.neurons)),
                        ])
                    }
                }
                try keepChunks(of: model.sha256, in: connection, chunk: chunk)
                return (id, true)
            }
        }
    }

    /// Sends the pieces that the database does not have as they are, told by their hashes.
    private func keepChunks(of sha256: String, in connection: PostgresConnection, chunk: (Int) throws -> [UInt8]?) throws {
        let key = PostgresValue.text(sha256)
        let stored = try connection.execute(
            "SELECT ordinal, sha256(data) AS hash FROM checkpoint_chunks WHERE sha256 = decode($1, 'hex') FOR KEY SHARE", [key]
        ).map { (try $0.int("ordinal"), try $0.bytes("hash")) }
        let hashes = Dictionary(uniqueKeysWithValues: stored)
        var ordinal = 0
        while let data = try chunk(ordinal), !data.isEmpty {
            if hashes[ordinal] != Array(SHA256.hash(data: data)) {
                _ = try connection.execute(
                    """
                    INSERT INTO checkpoint_chunks (sha256, ordinal, data) VALUES (decode($1, 'hex'), $2, $3)
                    ON CONFLICT (sha256, ordinal) DO UPDATE SET data = excluded.data
                    """, [key, .int(ordinal), .bytes(data)])
            }
            ordinal += 1
        }
        guard hashes.keys.contains(where: { $0 >= ordinal }) else { return }
        _ = try connection.execute(
            "DELETE FROM checkpoint_chunks WHERE sha256 = decode($1, 'hex') AND ordinal >= $2", [key, .int(ordinal)])
    }

    /// Hands over a stored checkpoint piece by piece, as it is at one moment.
    package func forEachChunk(ofCheckpoint sha256: String, _ body: ([UInt8]) throws -> Void) throws {
        try session.withConnection { connection in
            try connection.forEachRow(
                "SELECT data FROM checkpoint_chunks WHERE sha256 = decode($1, 'hex') ORDER BY ordinal", [.text(sha256)]
            ) { try body($0.bytes("data")) }
        }
    }

    private static let modelColumns = """
        SELECT model_id, name, encode(sha256, 'hex') AS sha256, network, format, bytes, architecture::text AS architecture, parameters,
               paper_name, \(Catalogue.time("added_at")) AS added_at
        FROM models
        """

    private func model(_ row: PostgresRow) throws -> StoredModel {
        StoredModel(
            id: try row.int64("model_id"), name: try row.text("name"), sha256: try row.text("sha256"),
            network: try row.text("network"), format: try row.text("format"), bytes: try row.int("bytes"),
            architecture: try row.text("architecture"),
            parameters: try row.int("parameters"), paperName: try row.textIfPresent("paper_name"), addedAt: try row.text("added_at"))
    }

    /// All models, by name, newest first.
    package func models() throws -> [StoredModel] {
        try rows(Self.modelColumns + " ORDER BY name, model_id DESC").map(model)
    }

    /// The models of that name, with `NAME@HASH` those whose hash begins so, with `NAME#NUMBER` that one; the newest first.
    package func models(named name: String) throws -> [StoredModel] {
        let reference = StoredReference(name)
        return try rows(
            Self.modelColumns
                + " WHERE name = $1 AND starts_with(encode(sha256, 'hex'), $2) AND ($3 = 0 OR model_id = $3) ORDER BY model_id DESC",
            [.text(reference.name), .text(reference.hash), .int64(reference.number)]
        ).map(model)
    }

    /// The model a run evaluates.
    package func model(id: Int64) throws -> StoredModel {
        guard let row = try rows(Self.modelColumns + " WHERE model_id = $1", [.int64(id)]).first else {
            throw Failure(.notFound, "there is no model number \(id)")
        }
        return try model(row)
    }
}
