import EvaluationStore
import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// Answers on runs of ImageNet's size: 50,000 images of 1,000 classes, 287 layers, four time steps.
@Suite(.requiresPostgres, .serialized) struct LargeRunTests {
    static let images = 50_000

    @Test func `answers take less than twice what storing the runs took of a processor, and 200 MB at most`() throws {
        try Program.withFolder { folder in
            // A server of its own: what its processes take is taken by these questions.
            let server = EmbeddedCluster(
                directory: folder.appending(path: "postgres").path, durability: .throwaway, settings: ["autovacuum": "off"])
            let address = try server.start()
            defer { _ = try? server.stop(immediately: true) }
            var connection: PostgresConnection? = try PostgresConnection(address)
            let postmaster = ProcessorTime.parent(of: pid_t(connection!.serverProcess))
            _ = try MigrationRunner().migrate(connection!)
            try connection!.executeScript(Self.rows)
            let storing = ProcessorTime(of: pid_t(connection!.serverProcess)).own
            let idle = ProcessorTime.children(of: postmaster) - 1
            connection = nil
            while ProcessorTime.children(of: postmaster) > idle { usleep(10_000) }
            let questions = [
                ["compare", "1", "2"], ["diff", "1", "2"], ["report", "1"], ["report", "1", "--format", "html"], ["anytime", "1"],
            ]
            for arguments in questions {
                let before = ProcessorTime(of: postmaster).ofEndedChildren
                let run = try Measured(["evalctl"] + arguments + ["--database", address.exposedURI])
                #expect(run.status == 0, "\(arguments)")
                #expect((1..<200).contains(run.peakMegabytes), "\(arguments): \(run.peakMegabytes) MB")
                // What a session took is its parent's once it is gone.
                while ProcessorTime.children(of: postmaster) > idle { usleep(10_000) }
                let seconds = run.seconds + ProcessorTime(of: postmaster).ofEndedChildren - before
                print("\(arguments): \(seconds) s of a processor, of \(storing) s for storing; \(run.peakMegabytes) MB")
                #expect(seconds < 2 * storing, "\(arguments)")
            }
        }
    }

    /// Two runs of which B has two in a hundred images right that A has wrong, and the other way round one.
    private static let rows = """
        INSERT INTO models (name, sha256, format, bytes, architecture, parameters)
        VALUES ('m', decode(repeat('ab', 32), 'hex'), 'torch', 3, '{"patch": 4, "image": 224, "dim": 78}', 25230000);
        INSERT INTO model_layers SELECT 1, l, 'layer.' || l, CASE WHEN l < 140 THEN 'lif' ELSE 'synapse' END, 120000
        FROM generate_series(0, 286) AS l;
        INSERT INTO datasets (name, root, labels, images, classes, manifest_sha256)
        VALUES ('val', '/nowhere', 'class folders', \(images), 1000, decode(repeat('cd', 32), 'hex'));
        INSERT INTO dataset_classes (dataset_id, class, name) SELECT 1, c, 'n' || lpad(c::text, 8, '0') FROM generate_series(0, 999) AS c;
        INSERT INTO images SELECT 1, o, 'n' || lpad((o / 50)::text, 8, '0') || '/val_' || lpad((o + 1)::text, 8, '0') || '.JPEG', o / 50, 110000,
            sha256(o::text::bytea) FROM generate_series(0, \(images - 1)) AS o;
        INSERT INTO workers (host, process_id, version, instruction_set, threads) VALUES ('h', 1, 'test', 'x86-64-v4', 32);
        INSERT INTO runs (model_id, dataset_id, timesteps, engine, preprocessing, pixel_limit, version, shard_size, images_expected, max_attempts,
            state, started_at, finished_at, is_newest)
        SELECT 1, 1, 4, 'fixed32', 'p', 100000000, 'test', 256, \(images), 4, 'finished', now(), now(), n = 2 FROM generate_series(1, 2) AS n;
        INSERT INTO shards (run_id, shard, first_ordinal, image_count, state, worker_id, finished_at)
        SELECT r, s, s * 256, least(256, \(images) - s * 256), 'done', 1, now() FROM generate_series(1, 2) AS r, generate_series(0, 195) AS s;
        INSERT INTO prediction_rows (run_id, ordinal, label, shard, decode_us, preprocess_us, inference_us, total_us, timesteps, outcome, logits)
        SELECT r, o, o / 50, o / 256, 1000, 500, 100000 + o, 102000, 4,
            ARRAY[k, k, k, k, 500000 + r, 1400000 + r, 2400000 + r, 3400000 + r + o,
                  300000000 + r, 620000000 + r, 950000000 + r, 1280000000 + r + o,
                  t, t, t, t, (t + 1) % 1000, (t + 2) % 1000, (t + 3) % 1000, (t + 4) % 1000],
            ARRAY[0.1, 0.5, 1, 2, 9.5, 7, 6, 5, 4]::real[]
        FROM generate_series(1, 2) AS r CROSS JOIN generate_series(0, \(images - 1)) AS o
        CROSS JOIN LATERAL (SELECT CASE WHEN o % 100 < 66 + CASE WHEN r = 2 AND o % 7 = 0 THEN 2 ELSE 0 END - CASE WHEN r = 2 AND o % 11 = 0 THEN 1 ELSE 0 END
            THEN o / 50 ELSE (o / 50 + 1 + o % 7) % 1000 END AS t) AS x
        CROSS JOIN LATERAL (SELECT CASE WHEN t = o / 50 THEN 0 ELSE 4 END AS k) AS y;
        INSERT INTO shard_activity
        SELECT r, s, 256, array_agg(CASE WHEN l < 140 THEN 256 * 9000 + l * t + r ELSE 256 * 2000000 END ORDER BY l, t)
        FROM generate_series(1, 2) AS r, generate_series(0, 195) AS s, generate_series(0, 286) AS l, generate_series(1, 4) AS t GROUP BY r, s;
        UPDATE shards SET images_evaluated = p.images, top1_correct = p.top1, top5_correct = p.top5
        FROM (SELECT run_id, shard, count(*) AS images, count(*) FILTER (WHERE top5[1] = label) AS top1,
                     count(*) FILTER (WHERE label = ANY (top5)) AS top5 FROM predictions GROUP BY run_id, shard) p
        WHERE shards.run_id = p.run_id AND shards.shard = p.shard;
        INSERT INTO run_figures SELECT * FROM figures_of_runs;
        ANALYZE
        """
}

/// A program that was run to its end, its output thrown away: the seconds of a processor that it took, and the most memory it had.
private struct Measured {
    var status: Int32
    var seconds: Double
    var peakMegabytes: Double

    init(_ arguments: [String]) throws {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var process = pid_t()
        try #require(posix_spawn(&process, Program.folder.appending(path: arguments[0]).path, &files, nil, &words, environ) == 0)
        // The system's own account of an ended program begins with the memory of the one that started it: ask while it runs.
        var ended: Int32 = 0
        var peak = 0.0
        var waited: pid_t = 0
        var usage = rusage()
        while waited == 0 {
            peak = max(peak, Self.peakMegabytes(process))
            waited = wait4(process, &ended, WNOHANG, &usage)
            if waited == 0 { usleep(1000) }
        }
        try #require(waited == process)
        status = ended
        seconds = [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) * 1e-6 }.reduce(0, +)
        peakMegabytes = peak
    }

    /// The most memory that a running program has had; 0 where it has ended.
    private static func peakMegabytes(_ process: pid_t) -> Double {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = Double(line.split(whereSeparator: \.isWhitespace).dropFirst().first ?? "")
        else { return 0 }
        return kilobytes / 1024
    }
}
