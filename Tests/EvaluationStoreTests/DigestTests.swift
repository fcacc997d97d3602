import Diagnostics
import Evaluation
import EvaluationStore
import Postgres
import TestSupport
import Testing

@Suite(.requiresPostgres) struct DigestTests {
    /// Rows of a run of ten images in shards of `size`, as any worker could have made them.
    private func fill(_ run: RunID, size: Int, microseconds: Int, _ connection: PostgresConnection) throws {
        let key: [PostgresValue] = [.int64(run.rawValue), .int(size), .int(microseconds)]
        try connection.execute(
            """
            INSERT INTO prediction_rows
            SELECT $1::bigint, o, o % 2, o / $2::integer, $3::integer, $3::integer, $3::integer, $3::integer, 2,
                   ARRAY[1, 0, o, o + 3, 10 * o, 10 * o + 30, 0, o % 2, 1 - o % 2], ARRAY[0, 1e-41, o + 0.1, 0.5]::real[]
            FROM generate_series(0, 9) AS o
            """, key)
        try connection.execute(
            """
            INSERT INTO shard_activity
            SELECT $1::bigint, o / $2::integer, count(*), ARRAY[sum(o), sum(o), sum(o), sum(o)] FROM generate_series(0, 9) AS o GROUP BY 2
            """, Array(key.prefix(2)))
    }

    private func withTwoRuns(_ body: (StoreFixture, RunID, RunID, PostgresConnection) throws -> Void) throws {
        try StoreFixture.withStore { fixture in
            let connection = try PostgresConnection(fixture.address)
            let first = try fixture.submit(images: 10, size: 4)
            try connection.executeScript("UPDATE runs SET state = 'finished', finished_at = now()")
            let second = try fixture.submit(images: 10, size: 3)
            #expect(first != second)
            try fill(first, size: 4, microseconds: 5, connection)
            try fill(second, size: 3, microseconds: 70, connection)
            try body(fixture, first, second, connection)
        }
    }

    @Test func `workers, shards and times do not change the digest`() throws {
        try withTwoRuns { fixture, first, second, _ in
            let digest = try fixture.store.answers.digest(of: first)
            #expect(digest.count == 64)
            #expect(try fixture.store.answers.digest(of: second) == digest)
        }
    }

    @Test(arguments: [
        "UPDATE prediction_rows SET logits[4] = 0.50000006 WHERE ordinal = 7",
        "UPDATE prediction_rows SET outcome[8] = 1, outcome[9] = 0 WHERE ordinal = 0",
        "UPDATE prediction_rows SET outcome[3] = 8 WHERE ordinal = 9",
        "DELETE FROM prediction_rows WHERE ordinal = 9",
        "UPDATE shard_activity SET counts[4] = counts[4] + 1 WHERE shard = 0",
        "DELETE FROM shard_activity WHERE shard = 2",
        "INSERT INTO image_failures (run_id, ordinal, shard, code, message) SELECT run_id, 3, 0, 'image.truncated', '' FROM runs",
    ])
    func `any other answer changes the digest`(change: String) throws {
        try withTwoRuns { fixture, first, second, connection in
            let digest = try fixture.store.answers.digest(of: second)
            try connection.executeScript(
                change.contains("INSERT") ? "\(change) WHERE run_id = \(first)" : "\(change) AND run_id = \(first)")
            #expect(try fixture.store.answers.digest(of: first) != digest)
            #expect(try fixture.store.answers.digest(of: second) == digest)
        }
    }

    @Test func `the digest of known rows is the one that the documentation's recipe gives`() throws {
        try withTwoRuns { fixture, first, _, connection in
            let recipe = try connection.execute(
                """
                SELECT encode(sha256(convert_to(E'evalctl run digest 1\\n' || string_agg(line || E'\\n', '' ORDER BY kind, ordinal, step), 'UTF8')), 'hex')
                       AS digest
                FROM (SELECT 1 AS kind, ordinal, 0 AS step, concat_ws(',', 'prediction', ordinal, label, array_to_string(top5, ' '),
                             (SELECT string_agg(encode(float4send(s), 'hex'), ' ' ORDER BY n) FROM unnest(scores) WITH ORDINALITY AS u (s, n)),
                             array_to_string(timestep_top1, ' '), array_to_string(timestep_label_rank, ' '),
                             (SELECT string_agg(encode(float4send(s), 'hex'), ' ' ORDER BY n)
                              FROM unnest(timestep_margin) WITH ORDINALITY AS u (s, n)),
                             array_to_string(timestep_spikes, ' '), array_to_string(timestep_synops, ' ')) AS line
                      FROM predictions WHERE run_id = $1
                      UNION ALL
                      SELECT 2, ordinal, 0, concat_ws(',', 'failure', ordinal, code) FROM image_failures WHERE run_id = $1
                      UNION ALL
                      SELECT 3, layer, timestep, concat_ws(',', 'activity', layer, timestep, sum(images), sum(spikes), sum(neurons), sum(synops))
                      FROM layer_activity WHERE run_id = $1 GROUP BY layer, timestep) AS lines
                """, [.int64(first.rawValue)])
            #expect(try recipe.first?.text("digest") == fixture.store.answers.digest(of: first))
        }
    }

    @Test func `a run that is not there has no digest`() throws {
        try StoreFixture.withStore { fixture in
            let failure = #expect(throws: Failure.self) { try fixture.store.answers.digest(of: RunID(7)) }
            #expect(failure?.code == .notFound)
        }
    }
}
