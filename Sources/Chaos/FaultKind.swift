/// What can go wrong.
package enum FaultKind: String, Sendable, Hashable, CaseIterable, Codable {
    /// A worker ends without a word (SIGKILL), and is started again later.
    case workerKilled = "worker_killed"
    /// A worker is suspended past its leases (SIGSTOP), and resumed.
    case workerStopped = "worker_stopped"
    /// A worker is asked to end (SIGTERM) and drains; another is started later.
    case workerDrained = "worker_drained"
    case coordinatorKilled = "coordinator_killed"
    case coordinatorStopped = "coordinator_stopped"
    /// PostgreSQL ends as in a crash, and is started again.
    case databaseCrashed = "database_crashed"
    /// PostgreSQL is restarted in order.
    case databaseRestarted = "database_restarted"
    /// All connections to PostgreSQL break.
    case connectionsDropped = "connections_dropped"
    /// No byte reaches PostgreSQL or comes back, and no connection breaks.
    case databaseUnreachable = "database_unreachable"
    /// Everything to and from PostgreSQL is late.
    case databaseSlow = "database_slow"
    /// A connection breaks in the middle of a COPY.
    case copyCut = "copy_cut"
    /// A connection breaks when a COMMIT is sent and has not arrived.
    case commitLost = "commit_lost"
    /// A connection breaks when a COMMIT has happened and its answer has not arrived.
    case commitUnanswered = "commit_unanswered"
    /// A broker cuts its connections and refuses new ones.
    case brokerDown = "broker_down"
    case brokerSlow = "broker_slow"
    /// The broker is gone with all it had; an empty one takes its place.
    case brokerReplaced = "broker_replaced"
    /// A broker answers requests with errors.
    case brokerErrors = "broker_errors"
    /// Job messages arrive again, several times and in another order.
    case messagesDuplicated = "messages_duplicated"
    /// Job messages are read and committed by somebody who does not do the work: they are lost.
    case messagesLost = "messages_lost"
    /// Bytes that are no job message arrive.
    case messagesForged = "messages_forged"
    /// A run is paused, and resumed later.
    case runPaused = "run_paused"
    /// A run is cancelled, and set to go on later.
    case runCancelled = "run_cancelled"
    /// What a run may have given up is tried again, and the run opened again, while it goes on.
    case runRetried = "run_retried"
    /// A run gets another priority.
    case runPrioritized = "run_prioritized"
    /// A worker is asked through the database to drain; another is started later.
    case workerDrainAsked = "worker_drain_asked"

    /// What a fault is done to, as far as not every trial has it.
    package enum Need: Sendable, Hashable {
        case nothing
        /// A database of the trial's own, which it may end.
        case ownDatabase
        /// A broker of the trial's own.
        case ownBroker
        /// Jobs that travel as messages.
        case messages
    }

    package var needs: Need {
        switch self {
        case .databaseCrashed, .databaseRestarted: .ownDatabase
        case .brokerDown, .brokerReplaced, .brokerSlow, .brokerErrors: .ownBroker
        case .messagesDuplicated, .messagesLost, .messagesForged: .messages
        default: .nothing
        }
    }

    /// Whether the fault befalls one worker, which had better be at work then.
    var strikesWorker: Bool { [.workerKilled, .workerStopped, .workerDrained, .workerDrainAsked].contains(self) }

    /// How long the fault may last, in seconds; nil for one that is over at once.
    var duration: ClosedRange<Double>? {
        switch self {
        case .workerKilled, .coordinatorKilled: 0.2...3
        case .workerDrained, .workerDrainAsked: 1...4
        case .runPaused: 0.3...3
        case .runCancelled: 0.2...2
        // Past leases, which last two seconds here; and, as with brokerDown, past the group's session.
        case .workerStopped: 4.5...8
        case .coordinatorStopped: 1...7
        case .databaseCrashed, .databaseRestarted: 0.2...3
        case .databaseUnreachable: 0.5...5
        case .databaseSlow, .brokerSlow: 2...6
        // Longer than the group's session: librdkafka's mock cluster aborts where a member that was cut off while it joined comes back as
        // the same member.
        case .brokerDown: 4.5...7
        case .messagesLost: 4...8
        default: nil
        }
    }
}
