internal import ArgumentParser
internal import EvaluationStore
internal import Foundation
internal import Worker

/// How images are computed again on this machine.
struct RecomputationOptions: ParsableArguments {
    @Option(help: "Threads to compute with. Default: one per processor.")
    var threads: Int?

    @OptionGroup var dataSetRoots: DataSetRootOptions

    @Option(help: "Folder for checkpoints. Default: the embedded database's, else $XDG_CACHE_HOME/evalctl.")
    var cacheDir: String?

    func validate() throws {
        try OptionLimit.check(threads: threads)
    }

    var threadCount: Int { threads ?? max(ProcessInfo.processInfo.activeProcessorCount, 1) }

    func source(_ store: EvaluationStore, database: DatabaseOptions) throws -> RecomputationSource {
        let embedded = try database.givenAddress() == nil ? database.dataDirectory + "/checkpoints" : nil
        return RecomputationSource(
            store: store, cacheDirectory: cacheDir ?? embedded ?? WorkerOptions.defaultCacheDirectory, dataSetRoots: dataSetRoots.folders)
    }
}
