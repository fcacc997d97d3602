internal import Logging
internal import Synchronization

/// A logger that says nothing once its owner stops: what a server's tasks end by is their cancellation, which the libraries take for errors.
final class StoppableLog: Sendable {
    private struct Handler: LogHandler {
        var inner: any LogHandler
        let state: StoppableLog.State

        var logLevel: Logger.Level {
            get { inner.logLevel }
            set { inner.logLevel = newValue }
        }

        var metadata: Logger.Metadata {
            get { inner.metadata }
            set { inner.metadata = newValue }
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { inner[metadataKey: key] }
            set { inner[metadataKey: key] = newValue }
        }

        func log(event: LogEvent) {
            guard !state.isStopped.load(ordering: .relaxed) else { return }
            inner.log(event: event)
        }
    }

    fileprivate final class State: Sendable {
        let isStopped = Atomic(false)
    }

    private let state: State
    let logger: Logger

    init(_ logger: Logger) {
        let state = State()
        self.state = state
        self.logger = Logger(label: logger.label, factory: { _ in Handler(inner: logger.handler, state: state) })
    }

    func stop() { state.isStopped.store(true, ordering: .relaxed) }
}
