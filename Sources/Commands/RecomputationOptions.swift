internal import ArgumentParser
internal import EvaluationStore
internal import Foundation
internal import Worker

/// How images are computed again on this machine.
struct RecomputationOptions: ParsableArguments {
    @Option(help: "Threads to compute with. Default: one per processor.")
    var threads: Int?

    @Option(
        name: .customLong("dataset-root"), help: "Where a data set's images are on this machine, NAME=FOLDER. May be repeated.")
    var dataSetRoots: [String] = []

    @Option(help: "Folder for checkpoints. Default: the embedded database's, else $XDG_CACHE_HOME/evalctl.")
    var cacheDir: String?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads takes 1 to 1024") }
        for root in dataSetRoots where !root.dropFirst().contains("=") {
            throw ValidationError("--dataset-root takes NAME=FOLDER, not \(root)")
        }
    }

    var threadCount: Int { threads ?? max(ProcessInfo.processInfo.activeProcessorCount, 1) }

    func source(_ store: EvaluationStore, database: DatabaseOptions) throws -> RecomputationSource {
        var roots: [String: String] = [:]
        for root in dataSetRoots {
            let parts = root.split(separator: "=", maxSplits: 1)
            roots[String(parts[0])] = String(parts[1])
        }
        let embedded = try database.givenAddress() == nil ? database.dataDirectory + "/checkpoints" : nil
        return RecomputationSource(
            store: store, cacheDirectory: cacheDir ?? embedded ?? EvalWorker.defaultCacheDirectory, dataSetRoots: roots)
    }
}
