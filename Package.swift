// swift-tools-version: 6.2
import PackageDescription

/// Language settings every Swift target of this package is built with.
let strictSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// The version of what is built without a tag; `ops/version` says that of a release.
let developmentVersion = "0.1.0"
let version = Context.environment["EVALCTL_VERSION"] ?? developmentVersion

/// What computes is optimised in debug builds too, which would be too slow to test otherwise; the rest is built quickly, file by file.
let optimized: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
/// What serves HTTP: Hummingbird, and the parts of its own dependencies that are spoken of by name.
let hummingbird: [Target.Dependency] = [
    .product(name: "Hummingbird", package: "hummingbird"), .product(name: "HTTPTypes", package: "swift-http-types"),
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
]
/// What asks web servers and object stores: AsyncHTTPClient, and the parts of its own dependencies that are spoken of by name.
let httpClient: [Target.Dependency] = [
    .product(name: "AsyncHTTPClient", package: "async-http-client"), .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

/// The vector kernels, built once for each instruction set from the same sources: each target's folder links to `SpikeKernels/Vector`.
#if arch(x86_64)
    let vectorLevels: [(target: String, flags: [String])] = ["v2", "v3", "v4"].map {
        ("SpikeKernels\($0.uppercased())", ["-Xcc", "-march=x86-64-\($0)"])
    }
#else
    let vectorLevels: [(target: String, flags: [String])] = [("SpikeKernelsNEON", [])]
#endif
let vectorTargets = vectorLevels.map {
    Target.target(
        name: $0.target, dependencies: ["CLanes", "SpikeKernels"],
        swiftSettings: [
            .define("VECTOR_KERNELS"),
            .unsafeFlags(["-Ounchecked"] + $0.flags, .when(configuration: .release)),
            .unsafeFlags(["-O"] + $0.flags, .when(configuration: .debug)),
        ])
}

let package = Package(
    name: "evalctl",
    products: [
        .executable(name: "evalctl", targets: ["evalctl"]),
        .executable(name: "eval-worker", targets: ["eval-worker"]),
        .executable(name: "eval-coordinator", targets: ["eval-coordinator"]),
        .executable(name: "eval-lab", targets: ["eval-lab"]),
        // For tests, which preload it.
        .library(name: "WallClock", type: .dynamic, targets: ["WallClock"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.0.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.20.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.3.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.20.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.30.0"),
    ],
    targets: [
        .systemLibrary(name: "CLanes"),
        .systemLibrary(name: "CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CRdkafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"])]),
        .systemLibrary(name: "CWebP", pkgConfig: "libwebpdemux", providers: [.apt(["libwebp-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(name: "CVersion", cSettings: [.define("EVALCTL_VERSION", to: "\"\(version)\"")]),

        .plugin(name: "EmbedMigrations", capability: .buildTool()),

        .target(name: "Diagnostics", dependencies: [logging]),
        .target(name: "Telemetry"),
        .target(name: "Networks", dependencies: ["Diagnostics"]),
        .target(name: "NetworkFamilies", dependencies: ["Diagnostics", "Networks"]),
        .target(
            name: "SpikeKernels", exclude: ["Vector"],
            swiftSettings: [.unsafeFlags(["-Ounchecked"], .when(configuration: .release))] + optimized),
        .target(
            name: "Engine",
            dependencies: ["CLanes", "Diagnostics", "Networks", "SpikeKernels"] + vectorLevels.map { .init(stringLiteral: $0.target) },
            swiftSettings: optimized),
        .target(
            name: "Checkpoints", dependencies: ["CZlib", "Diagnostics", "NetworkFamilies", "Networks", crypto, system],
            swiftSettings: optimized),
        .target(
            name: "ImageInput", dependencies: ["CTurboJPEG", "CPNG", "CTIFF", "CWebP", "Diagnostics", "Networks", crypto],
            swiftSettings: optimized),
        .target(name: "ImageSources", dependencies: ["Diagnostics", "ImageInput", crypto] + httpClient),
        .target(name: "Postgres", dependencies: ["CLibpq", "Diagnostics"]),
        .target(name: "Kafka", dependencies: ["CRdkafka", "Diagnostics", logging]),
        .target(name: "Evaluation", dependencies: ["Diagnostics"]),
        .target(
            name: "EvaluationStore", dependencies: ["Diagnostics", "Postgres", "Evaluation", crypto, logging],
            exclude: ["Migrations"], plugins: ["EmbedMigrations"]),
        .target(
            name: "Transport", dependencies: ["Diagnostics", "Postgres", "Kafka", "Evaluation", "EvaluationStore", logging]),
        .target(name: "Reports", dependencies: ["Diagnostics", "Evaluation"]),
        .target(
            name: "Pages", dependencies: ["Diagnostics", "Networks", "Checkpoints", "ImageInput", "ImageSources", "Evaluation", "Reports"]),
        .target(
            name: "Dashboard",
            dependencies: ["Diagnostics", "Telemetry", "Postgres", "Evaluation", "EvaluationStore", "Reports", "Pages", crypto, logging]
                + hummingbird),
        .target(
            name: "Worker",
            dependencies: [
                "Diagnostics", "Telemetry", "Networks", "NetworkFamilies", "SpikeKernels", "Engine", "Checkpoints", "ImageInput",
                "ImageSources", "Postgres", "Kafka", "Evaluation", "EvaluationStore", "Transport", logging,
            ]),
        .target(
            name: "Coordinator",
            dependencies: ["Diagnostics", "Telemetry", "Postgres", "Evaluation", "EvaluationStore", "Transport", "Reports", logging]),
        .target(name: "Audit", dependencies: ["Engine", "Evaluation", "Networks", "SpikeKernels"]),
        .target(name: "Fleet", dependencies: ["Diagnostics", "Kafka"]),
        .target(
            name: "Commands",
            dependencies: [
                "CVersion", "Audit", "Diagnostics", "Networks", "NetworkFamilies", "SpikeKernels", "Engine", "Checkpoints", "ImageInput",
                "ImageSources",
                "Postgres", "Kafka", "Evaluation", "EvaluationStore", "Transport", "Reports", "Pages", "Telemetry", "Dashboard", "Worker",
                "Coordinator", "Fleet", argumentParser, logging,
            ]),
        .executableTarget(name: "evalctl", dependencies: ["Commands", argumentParser]),
        .executableTarget(name: "eval-worker", dependencies: ["Commands", argumentParser]),
        .executableTarget(name: "eval-coordinator", dependencies: ["Commands", argumentParser]),

        .target(name: "KafkaMock", dependencies: ["CRdkafka", "Diagnostics", "Kafka", logging]),
        .target(
            name: "NoWork",
            dependencies: [
                "Diagnostics", "Networks", "NetworkFamilies", "Engine", "Checkpoints", "ImageInput", "ImageSources", "Postgres",
                "Evaluation",
                "EvaluationStore", "Reports", "Worker",
            ]),
        .target(name: "Benchmarks", dependencies: ["Diagnostics", "Engine", "Networks", "SpikeKernels"]),
        .target(
            name: "Chaos",
            dependencies: [
                "Diagnostics", "Postgres", "Kafka", "KafkaMock", "Evaluation", "EvaluationStore", "Reports", "Fleet", logging,
            ]),
        .target(
            name: "Load",
            dependencies: [
                "Diagnostics", "ImageSources", "Postgres", "Kafka", "KafkaMock", "Evaluation", "EvaluationStore", "Transport", "Reports",
                "Fleet", "NoWork", logging,
            ]),
        .target(
            name: "LabCommands",
            dependencies: [
                "Benchmarks", "Chaos", "Checkpoints", "Commands", "Diagnostics", "Engine", "EvaluationStore", "ImageInput", "ImageSources",
                "Kafka", "KafkaMock", "Load", "Networks", "NoWork", "Postgres", "Reports", argumentParser, logging,
            ]),
        .executableTarget(name: "eval-lab", dependencies: ["Commands", "LabCommands", argumentParser]),

        .target(
            name: "TestSupport", dependencies: ["Diagnostics", "Evaluation", "Postgres", "Kafka", "KafkaMock", logging],
            path: "Tests/TestSupport"),
        .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics", logging]),
        .testTarget(name: "NetworksTests", dependencies: ["Diagnostics", "Networks"]),
        .testTarget(name: "NetworkFamiliesTests", dependencies: ["Diagnostics", "NetworkFamilies", "Networks"]),
        .testTarget(
            name: "EngineTests",
            dependencies: ["Engine", "Networks", "NetworkFamilies", "SpikeKernels", "Checkpoints", "ImageInput", "TestSupport"]),
        .testTarget(
            name: "AuditTests",
            dependencies: ["Audit", "Checkpoints", "Engine", "Evaluation", "Networks", "NetworkFamilies", "SpikeKernels"]),
        .testTarget(
            name: "CheckpointsTests", dependencies: ["Checkpoints", "Diagnostics", "Engine", "NetworkFamilies", "Networks", "TestSupport"]),
        .testTarget(name: "ImageInputTests", dependencies: ["Diagnostics", "ImageInput", "Checkpoints", "Networks", "TestSupport"]),
        .testTarget(
            name: "ImageSourcesTests", dependencies: ["ImageSources", "Diagnostics", "ImageInput", "TestSupport", crypto],
            exclude: ["fault_server.py", "moto_store.py"]),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "TestSupport"]),
        .testTarget(name: "KafkaTests", dependencies: ["Diagnostics", "Kafka", "KafkaMock", "TestSupport", logging]),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "Diagnostics", "TestSupport"]),
        .testTarget(
            name: "EvaluationStoreTests", dependencies: ["Diagnostics", "EvaluationStore", "Evaluation", "Postgres", "TestSupport"]),
        .testTarget(
            name: "TransportTests",
            dependencies: [
                "Diagnostics", "Evaluation", "EvaluationStore", "Kafka", "Postgres", "TestSupport", "Transport", logging,
            ]),
        .testTarget(name: "ReportsTests", dependencies: ["Diagnostics", "Reports", "Evaluation"]),
        .testTarget(
            name: "PagesTests",
            dependencies: ["Pages", "Checkpoints", "Evaluation", "ImageInput", "Networks", "NetworkFamilies", "Reports", "TestSupport"]),
        .testTarget(name: "ChaosTests", dependencies: ["Chaos", "Diagnostics", "Postgres", "TestSupport"]),
        .testTarget(name: "LoadTests", dependencies: ["Load", "Reports"]),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"]),
        .testTarget(name: "DashboardTests", dependencies: ["Chaos", "Dashboard", "Diagnostics", "Telemetry", logging]),
        .testTarget(
            name: "WorkerTests",
            dependencies: [
                "Worker", "Checkpoints", "Diagnostics", "Engine", "Evaluation", "EvaluationStore", "Networks", "NoWork", "Postgres",
                "Telemetry", "TestSupport", "Transport", logging,
            ]),
        .target(name: "WallClock", path: "Tests/WallClock"),
        .executableTarget(name: "tcp-forwarder", dependencies: ["Chaos"], path: "Tests/TCPForwarder"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "evalctl", "eval-worker", "eval-coordinator", "eval-lab", "tcp-forwarder", "Chaos", "Diagnostics", "Evaluation",
                "EvaluationStore", "ImageInput", "Kafka", "KafkaMock", "Postgres", "TestSupport", logging,
            ]),
    ] + vectorTargets
)

for target in package.targets where target.type != .system && target.type != .plugin && target.name != "CVersion" {
    target.swiftSettings = (target.swiftSettings ?? []) + strictSettings
}
