internal import ArgumentParser
internal import Foundation
internal import Postgres
internal import Synchronization

/// Turns the first signal (SIGINT, SIGTERM, SIGHUP) into an error at the next look, so that everything is ended in order. A second one ends at
/// once what the program has started, and then the program.
package final class Interruption: Sendable {
    private let endings = Endings()
    private let flag = SignalFlag()
    private let signals: TerminationSignals
    private static let isEnding = Atomic(false)

    package init() {
        signals = TerminationSignals { [flag, endings] _, count in
            guard count > 1 else { return flag.raise() }
            Self.end { endings.run() }
        }
    }

    package var isRaised: Bool { flag.isRaised }

    /// - Parameter hint: how what is interrupted goes on.
    /// - Throws: the exit code 130 after a signal.
    package func check(_ hint: String? = nil) throws {
        guard flag.isRaised else { return }
        note("\ninterrupted: stopping the worker, the coordinator and the database" + (hint.map { "; \($0)" } ?? ""))
        throw ProgramExit.interrupted
    }

    /// Lets a second signal call `body`, on a thread of its own.
    func atOnce(_ body: @escaping @Sendable () -> Void) { endings.add(body) }

    /// Calls `body` and ends the program, whatever its other threads do meanwhile.
    static func end(_ body: () -> Void) -> Never {
        isEnding.store(true, ordering: .relaxed)
        EmbeddedCluster.hurry()
        body()
        _exit(ProgramExit.interrupted.rawValue)
    }

    /// Returns where no signal is ending the program.
    static func waitForEnd() {
        while isEnding.load(ordering: .relaxed) { sleep(1) }
    }
}

/// What a second signal calls.
private final class Endings: Sendable {
    private let bodies = Mutex<[@Sendable () -> Void]>([])

    func add(_ body: @escaping @Sendable () -> Void) { bodies.withLock { $0.append(body) } }

    func run() { for body in bodies.withLock({ $0 }) { body() } }
}

/// A flag that is raised once.
final class SignalFlag: Sendable {
    private let raised = Atomic(false)

    func raise() { raised.store(true, ordering: .relaxed) }

    var isRaised: Bool { raised.load(ordering: .relaxed) }
}
