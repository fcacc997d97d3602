internal import Diagnostics
internal import Fleet
internal import Foundation
internal import Postgres

/// Coordinators and workers as processes, which a trial ends, stops and starts again. Used by one thread.
final class ChaosFleet {
    /// One place in the fleet, and the process in it.
    private struct Member {
        let name: String
        let program: String
        let arguments: [String]
        var process: ChildProgram?
        /// Until when it may say by its exit code that it found no services to start with.
        var starting = Deadline(in: .zero)
        /// Whether it still might when it was last seen to run.
        var wasStarting = false
        /// Whether the process may end now: it was told to, and `restart` starts the next one.
        var mayEnd = false
    }

    /// How long a program may take to end when it is asked to: its drain time and what it needs to leave.
    private static let endSeconds = 15.0
    /// How long a program may look for its services before it gives up.
    private static let startSeconds = 30.0

    private var members: [Member]
    private let environment: [String: String]
    private let folder: String
    private let report: (String) -> Void
    private(set) var unexpectedExits = 0

    let workers: Range<Int>
    let coordinators: Range<Int>

    init(
        coordinators: Int, workers: Int, arguments: DaemonArguments, database: DatabaseAddress, folder: String,
        report: @escaping (String) -> Void
    ) {
        self.folder = folder
        self.report = report
        // A crash leaves a backtrace in the log.
        environment = DaemonArguments.environment(database: database.exposedURI).merging(["SWIFT_BACKTRACE": "enable=yes,color=no"]) { $1 }
        self.coordinators = 0..<coordinators
        self.workers = coordinators..<(coordinators + workers)
        let common = arguments.list
        members = (0..<coordinators).map {
            Member(name: "coordinator-\($0 + 1)", program: "eval-coordinator", arguments: common)
        }
        members += (0..<workers).map {
            Member(
                name: "worker-\($0 + 1)", program: "eval-lab",
                arguments: ["worker"] + common + [
                    "--threads", "1", "--lease-seconds", "2", "--drain-seconds", "2", "--cache-dir", folder + "/checkpoints",
                ])
        }
    }

    /// Starts the members of `range` that do not run.
    func start(_ range: Range<Int>) throws {
        for index in range { try restart(index) }
    }

    /// Starts a member where it does not run.
    func restart(_ index: Int) throws {
        if let process = members[index].process, process.isRunning {
            guard members[index].mayEnd else { return }
            // It was told to end and has had its time.
            process.send(SIGCONT)
            process.stop(seconds: Self.endSeconds)
            if process.status == SIGKILL {
                unexpectedExits += 1
                report("\(members[index].name) was asked to end and did not within \(Self.endSeconds) s:\n  \(process.logTail())")
            }
        }
        let member = members[index]
        members[index].process = try ChildProgram(
            member.program, arguments: member.arguments, environment: environment, logPath: "\(folder)/\(member.name).log", appending: true)
        members[index].mayEnd = false
        members[index].starting = Deadline(in: .seconds(Self.startSeconds))
        members[index].wasStarting = true
    }

    func name(_ index: Int) -> String { members[index].name }

    func processID(_ index: Int) -> Int32? { members[index].process?.processID }

    /// Ends a member at once.
    func end(_ index: Int) {
        members[index].mayEnd = true
        members[index].process?.end()
    }

    /// Asks a member to end, and does not wait.
    func drain(_ index: Int) {
        members[index].mayEnd = true
        members[index].process?.send(SIGTERM)
    }

    /// Says that a member may end: it was asked to in another way.
    func noteMayEnd(_ index: Int) {
        members[index].mayEnd = true
    }

    func send(_ signal: Int32, to index: Int) {
        members[index].process?.send(signal)
    }

    /// Notes processes that ended by themselves, and starts them again.
    func supervise() throws {
        for (index, member) in members.enumerated() where !member.mayEnd {
            guard let process = member.process else { continue }
            guard let status = process.status else {
                members[index].wasStarting = !member.starting.isPast
                continue
            }
            // Between two looks the trial itself may wait for a lock, longer than a program looks for its services.
            if status == EX_UNAVAILABLE, member.wasStarting {
                report("\(member.name) found no services to start with, and is started again")
            } else {
                unexpectedExits += 1
                report("\(member.name) ended by itself with status \(status):\n  \(process.logTail())")
            }
            try restart(index)
        }
    }

    /// Lets every stopped process go on, and starts those that do not run.
    func heal() throws {
        for index in members.indices {
            members[index].process?.send(SIGCONT)
            try restart(index)
        }
    }

    /// Asks all to end and waits; one that does not end, or not with 0, is an unexpected exit.
    func stop() {
        for member in members.reversed() {
            guard let process = member.process else { continue }
            let wasRunning = process.isRunning
            process.send(SIGCONT)
            process.stop(seconds: Self.endSeconds)
            if wasRunning, let status = process.status, status != 0 {
                unexpectedExits += 1
                report("\(member.name) was asked to end and ended with status \(status):\n  \(process.logTail())")
            }
        }
    }

    deinit {
        for member in members { member.process?.end() }
    }
}
