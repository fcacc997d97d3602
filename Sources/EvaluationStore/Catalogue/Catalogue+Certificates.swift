package import Evaluation
internal import Postgres

extension Catalogue {
    /// Keeps a model's certificate; a later one of the same weights, reading of them, engine, time steps and version replaces it.
    /// - Parameter json: the certificate as commands print it.
    package func store(_ certificate: Certificate, of model: StoredModel, json: String) throws {
        _ = try rows(
            """
            INSERT INTO certificates (model_sha256, network, engine, timesteps, version, grade, equal_to_engine, certificate)
            VALUES (decode($1, 'hex'), $2, $3, $4, $5, $6, $7, $8::text::jsonb)
            ON CONFLICT (model_sha256, network, engine, timesteps, version) DO UPDATE
            SET grade = excluded.grade, equal_to_engine = excluded.equal_to_engine, certificate = excluded.certificate, made_at = now()
            """,
            [
                .text(certificate.modelSHA256), .text(model.network), .text(certificate.engine), .int(certificate.timeSteps),
                .text(certificate.version),
                .text(certificate.grade.rawValue), certificate.equalToEngine.map { .bool($0) } ?? .null, .text(json),
            ])
    }

    /// The certificate of a model, made with the engine, time steps and version that a run has; nil where there is none.
    package func certificate(of model: StoredModel, engine: String, timeSteps: Int, version: String) throws -> CertificateQuote? {
        try rows(
            """
            SELECT grade, equal_to_engine, certificate ->> 'kernels' AS kernels, (certificate ->> 'images')::bigint AS images,
                   (certificate #>> '{spike_path,multiplications}')::bigint AS spike_path,
                   (certificate #>> '{input_layer,multiplications}')::bigint AS input_layer,
                   \(Self.time("made_at")) AS made_at
            FROM certificates WHERE model_sha256 = decode($1, 'hex') AND network = $2 AND engine = $3 AND timesteps = $4 AND version = $5
            """, [.text(model.sha256), .text(model.network), .text(engine), .int(timeSteps), .text(version)]
        ).first.flatMap { row in
            guard let grade = Certificate.Grade(rawValue: try row.text("grade")) else { return nil }
            return CertificateQuote(
                grade: grade, spikePathMultiplications: try row.int("spike_path"), inputLayerMultiplications: try row.int("input_layer"),
                equalToEngine: try row.boolIfPresent("equal_to_engine"), kernels: try row.text("kernels"), images: try row.int("images"),
                version: version, madeAt: try row.text("made_at"))
        }
    }
}
