internal import Crypto
package import Evaluation
internal import Foundation
internal import Postgres

extension Answers {
    /// SHA-256 of a run's answers, hexadecimal: the same for every run of the same model, images, time steps and arithmetic, whoever
    /// computed it, however its shards were cut, and however often they had to be tried.
    ///
    /// It is taken over lines of text, as `docs/report.md` says. Workers, shards and times are not in it. Rows are read one by one, from
    /// one state of the database.
    /// - Throws: `store.not_found`.
    package func digest(of id: RunID) throws -> String {
        _ = try queue.unprunedRun(id)
        var lines = DigestLines()
        let key: [PostgresValue] = [.int64(id.rawValue)]
        try session.withConnection { connection in
            try connection.transaction(isolation: .repeatableRead, readOnly: true) { connection in
                try connection.forEachRow("SELECT \(PredictionRow.columns) FROM prediction_rows p WHERE run_id = $1 ORDER BY ordinal", key)
                { row in
                    let prediction = try PredictionRow.prediction(row)
                    lines.add([
                        "prediction", String(prediction.ordinal), String(prediction.label), DigestLines.text(prediction.top5),
                        DigestLines.text(prediction.scores), DigestLines.text(prediction.topByTimeStep),
                        DigestLines.text(prediction.labelRankByTimeStep), DigestLines.text(prediction.marginByTimeStep),
                        DigestLines.text(prediction.spikesByTimeStep), DigestLines.text(prediction.synapticOperationsByTimeStep),
                    ])
                }
                try connection.forEachRow("SELECT ordinal, code FROM image_failures WHERE run_id = $1 ORDER BY ordinal", key) { row in
                    lines.add(["failure", String(try row.int("ordinal")), try row.text("code")])
                }
                try connection.forEachRow(
                    """
                    SELECT layer, timestep, sum(images)::bigint AS images, sum(spikes)::bigint AS spikes, sum(neurons)::bigint AS neurons,
                           sum(synops)::bigint AS synops
                    FROM layer_activity WHERE run_id = $1 GROUP BY layer, timestep ORDER BY layer, timestep
                    """, key
                ) { row in
                    let columns = ["layer", "timestep", "images", "spikes", "neurons", "synops"]
                    lines.add(["activity"] + (try columns.map { String(try row.int($0)) }))
                }
            }
        }
        return lines.digest()
    }
}

/// Lines of text that are hashed as they come.
private struct DigestLines {
    private var hash = SHA256()
    private var pending = Data("evalctl run digest 1\n".utf8)

    mutating func add(_ fields: [String]) {
        pending.append(contentsOf: fields.joined(separator: ",").utf8)
        pending.append(UInt8(ascii: "\n"))
        if pending.count >= 1 << 16 {
            hash.update(data: pending)
            pending.removeAll(keepingCapacity: true)
        }
    }

    consuming func digest() -> String {
        hash.update(data: pending)
        return hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    static func text(_ numbers: [Int]) -> String {
        numbers.map { String($0) }.joined(separator: " ")
    }

    /// The bits of float32 numbers, eight hexadecimal digits each: no rounding, no locale.
    static func text(_ numbers: [Float]) -> String {
        numbers.map { number in
            let digits = String(number.bitPattern, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined(separator: " ")
    }
}

/// How often a run's images are counted.
package struct ImageCounts: Sendable, Hashable {
    /// Images with a prediction.
    package var predicted: Int
    /// Images with a failure.
    package var failed: Int
    /// Images that the sums over layers say they took in.
    package var summed: Int
}

extension Answers {
    /// How often a run's images are counted. Where nothing was stored twice, `summed` is `predicted`.
    package func imageCounts(of run: RunID) throws -> ImageCounts {
        let found = try rows(
            """
            SELECT (SELECT count(*) FROM prediction_rows WHERE run_id = $1) AS predicted,
                   (SELECT count(*) FROM image_failures WHERE run_id = $1) AS failed,
                   (SELECT coalesce(sum(images), 0)::bigint FROM shard_activity WHERE run_id = $1) AS summed
            """, [.int64(run.rawValue)]
        ).first
        return ImageCounts(
            predicted: try found?.int("predicted") ?? 0, failed: try found?.int("failed") ?? 0, summed: try found?.int("summed") ?? 0)
    }

    /// Attempts at a run's shards that did not end in a store.
    package func lostAttempts(of run: RunID) throws -> Int {
        try rows("SELECT count(*) AS attempts FROM shard_attempts WHERE run_id = $1", [.int64(run.rawValue)]).first?.int("attempts") ?? 0
    }

    /// Whether the newest worker with this process id, on any host, computes a shard now.
    package func isComputing(processID: Int32) throws -> Bool {
        try rows(
            """
            SELECT EXISTS (
                SELECT FROM shards WHERE state = 'running'
                AND worker_id = (SELECT max(worker_id) FROM workers WHERE process_id = $1)) AS computing
            """, [.int(Int(processID))]
        ).first?.bool("computing") ?? false
    }
}
