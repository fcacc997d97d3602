internal import ArgumentParser
internal import Evaluation
internal import EvaluationStore

/// A command that brings a run into another state.
protocol SteeringCommand: StoreCommand {
    static var command: RunState.Command { get }
    /// How the run is then, behind its number.
    static var outcome: String { get }
    /// The same where it was in that state before.
    static var unchanged: String { get }
    var runID: RunID { get }
    /// Nil leaves it as it is.
    var priority: Int? { get }
}

extension SteeringCommand {
    var priority: Int? { nil }

    func run(_ store: EvaluationStore) throws {
        let before = try store.queue.steer(runID, Self.command)
        if let priority { try store.queue.setPriority(of: runID, to: priority) }
        note("run \(runID) \(before.after(Self.command) == before ? Self.unchanged : Self.outcome)")
    }
}

struct PauseCommand: SteeringCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Hands out no more of a run; what workers have of it they finish.")

    static let command = RunState.Command.pause
    static let outcome = "is paused"
    static let unchanged = "was paused already"

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @OptionGroup var databaseOptions: DatabaseOptions
}

struct ResumeCommand: SteeringCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Goes on with a paused run, or changes a run's priority.",
        discussion: "`evalctl submit --resume` does the failed images of a run again.")

    static let command = RunState.Command.resume
    static let outcome = "goes on"
    static let unchanged = "was running already"

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(help: "Runs of a higher priority are worked on first. Default: as it is.")
    var priority: Int?

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        if let priority { try RunOptions.validate(priority: priority) }
    }
}

struct CancelCommand: SteeringCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Ends a run within two seconds; what is stored stays.",
        discussion: "`evalctl submit --resume` goes on with it later.")

    static let command = RunState.Command.cancel
    static let outcome = "is cancelled"
    static let unchanged = "was cancelled already"

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @OptionGroup var databaseOptions: DatabaseOptions
}
