package import Evaluation
package import Logging

extension Logger {
    /// This logger, whose lines say besides their text which attempt they are about, at which worker, and a failure's code.
    package func about(_ attempt: ShardAttempt, worker: Int64? = nil, code: String? = nil) -> Logger {
        var logger = self
        logger[metadataKey: "run"] = .stringConvertible(attempt.run.rawValue)
        logger[metadataKey: "shard"] = .stringConvertible(attempt.shard)
        logger[metadataKey: "attempt"] = .stringConvertible(attempt.attempt)
        if let worker { logger[metadataKey: "worker"] = .stringConvertible(worker) }
        if let code { logger[metadataKey: "code"] = .string(code) }
        return logger
    }
}
