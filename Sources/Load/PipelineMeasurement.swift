package import Reports

/// What one run of the network of no work took. Its JSON form is stable and documented in `docs/load.md`.
package struct PipelineMeasurement: Sendable, Hashable, Codable {
    package struct Claims: Sendable, Hashable, Codable {
        package var count = 0
        /// Microseconds, within 3 %.
        package var p50 = 0.0
        package var p99 = 0.0
    }

    package struct Coordinator: Sendable, Hashable, Codable {
        /// Resident memory before the run, in MB of a million bytes.
        package var startMB = 0.0
        package var peakMB = 0.0
        package var endMB = 0.0
        /// Processor time of the run.
        package var cpuSeconds = 0.0

        enum CodingKeys: String, CodingKey {
            case startMB = "start_mb"
            case peakMB = "peak_mb"
            case endMB = "end_mb"
            case cpuSeconds = "cpu_seconds"
        }
    }

    package struct Window: Sendable, Hashable, Codable {
        /// Most shards that were published and unclaimed at one time.
        package var shards = 0
        /// Most job messages that the workers had not decided at one time.
        package var messages = 0
    }

    /// Seconds until a view answered for the run, the middle one of three times.
    package struct View: Sendable, Hashable, Codable {
        package var name: String
        package var seconds: Double
    }

    package var engine: String
    package var images: Int
    package var shards: Int
    package var shardSize: Int
    package var workers: Int
    /// Making the run and its shards.
    package var submitSeconds = 0.0
    /// From the first claim to the run's end, by the database's clock.
    package var seconds = 0.0
    package var imagesPerSecond = 0.0
    package var claims = Claims()
    package var coordinator = Coordinator()
    package var window = Window()
    package var views: [View] = []

    enum CodingKeys: String, CodingKey {
        case engine, images, shards, workers, seconds, claims, coordinator, window, views
        case shardSize = "shard_size"
        case submitSeconds = "submit_seconds"
        case imagesPerSecond = "images_per_second"
    }

    package init(engine: String, images: Int, shardSize: Int, workers: Int) {
        self.engine = engine
        self.images = images
        shards = (images + shardSize - 1) / shardSize
        self.shardSize = shardSize
        self.workers = workers
    }

    /// Measurements in `format`, a row each, and where `hasViews` a second table with the views' times.
    package static func rendered(_ measurements: [PipelineMeasurement], as format: OutputFormat) throws -> String {
        if format == .json { return try renderJSON(measurements) }
        let table = TextTable(
            [
                .init("engine"), .init("images", .right), .init("shards", .right), .init("workers", .right), .init("submit s", .right),
                .init("run s", .right), .init("images/s", .right), .init("claim p50 ms", .right), .init("claim p99 ms", .right),
                .init("coordinator MB", .right), .init("peak MB", .right), .init("cpu s", .right), .init("window", .right),
                .init("messages", .right),
            ],
            rows: measurements.map { measured in
                [
                    measured.engine, NumberText.grouped(measured.images), NumberText.grouped(measured.shards), "\(measured.workers)",
                    NumberText.fixed(measured.submitSeconds, 2), NumberText.fixed(measured.seconds, 2),
                    NumberText.grouped(Int(measured.imagesPerSecond)), NumberText.fixed(measured.claims.p50 / 1000, 2),
                    NumberText.fixed(measured.claims.p99 / 1000, 2), NumberText.fixed(measured.coordinator.startMB, 1),
                    NumberText.fixed(measured.coordinator.peakMB, 1), NumberText.fixed(measured.coordinator.cpuSeconds, 2),
                    "\(measured.window.shards)", "\(measured.window.messages)",
                ]
            })
        let names = measurements.first?.views.map(\.name) ?? []
        let views = TextTable(
            [.init("images", .right), .init("shards", .right)] + names.map { .init("\($0) s", .right) },
            rows: measurements.map { measured in
                [NumberText.grouped(measured.images), NumberText.grouped(measured.shards)]
                    + measured.views.map { NumberText.fixed($0.seconds, 3) }
            })
        let tables = [table, views].map { format == .markdown ? $0.markdown() : $0.plain() }
        let growths = Growth.of(measurements)
        return (tables + (growths.isEmpty ? [] : [Growth.rendered(growths, as: format)])).joined(separator: "\n")
    }
}
