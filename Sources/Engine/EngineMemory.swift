package import Diagnostics
package import Networks

extension Failure.Code {
    /// The work would take more memory than there is for it.
    package static let engineMemory = Failure.Code("engine.memory")
}

/// What threads that evaluate take of the machine's memory, in bytes.
package struct EngineMemory: Sendable, Hashable {
    /// Weights, once for all threads.
    package var shared: Int
    /// What each thread works in.
    package var perThread: Int

    package init(shared: Int, perThread: Int) {
        self.shared = shared
        self.perThread = perThread
    }

    package func total(threads: Int) -> Int {
        let (all, overflow) = perThread.multipliedReportingOverflow(by: threads)
        return overflow || all.addingReportingOverflow(shared).overflow ? .max : all + shared
    }

    /// - Throws: `engine.memory` where so many threads would take more than `limit` bytes.
    package func require(threads: Int, timeSteps: Int, limit: Int) throws(Failure) {
        let needed = total(threads: threads)
        guard needed > limit else { return }
        let who = threads.counted("thread")
        throw Failure(
            .engineMemory,
            "\(timeSteps.counted("time step")) \(timeSteps.agreeing("takes", "take")) \(Self.text(needed)) for \(who), and \(Self.text(limit)) may be taken",
            remedy: "take fewer \(threads > 1 ? "--threads or " : "")time steps, or raise --memory-limit")
    }

    /// Bytes for people: `640 kB`, `5.4 GB`.
    package static func text(_ bytes: Int) -> String {
        guard bytes >= 1_000_000 else { return "\(max(1, bytes / 1000)) kB" }
        let megabytes = bytes / 1_000_000
        return megabytes < 1000 ? "\(megabytes) MB" : "\(megabytes / 1000).\(megabytes % 1000 / 100) GB"
    }
}

extension NetworkActivity {
    /// Bytes of the numbers that spikes and operations are counted in.
    func counterBytes(steps: Int) -> Int { (groups.count + 2 * layers.count) * steps * 8 }

    /// Bytes of the spikes that a trace keeps of an image.
    package func tracedBytes(steps: Int) -> Int { groups.reduce(0) { $0 + $1.neurons } * steps }
}
