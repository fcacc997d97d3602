internal import ArgumentParser
internal import Evaluation
internal import EvaluationStore

struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Hands out no more of a run; what workers have of it they finish.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() throws {
        try ProgramExit.reporting {
            try DatabaseAccess(options: databaseOptions).withStore { store in
                let before = try store.queue.steer(runID, .pause)
                note(before == .paused ? "run \(runID) was paused already" : "run \(runID) is paused")
            }
        }
    }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Goes on with a paused run, or changes a run's priority.",
        discussion: "`evalctl submit --resume` does the failed images of a run again.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @Option(help: "Runs of a higher priority are worked on first. Default: as it is.")
    var priority: Int?

    @OptionGroup var databaseOptions: DatabaseOptions

    func validate() throws {
        if let priority { try RunOptions.validate(priority: priority) }
    }

    func run() throws {
        try ProgramExit.reporting {
            try DatabaseAccess(options: databaseOptions).withStore { store in
                let before = try store.queue.steer(runID, .resume)
                if let priority { try store.queue.setPriority(of: runID, to: priority) }
                note(before == .paused ? "run \(runID) goes on" : "run \(runID) was running already")
            }
        }
    }
}

struct CancelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Ends a run within two seconds; what is stored stays.",
        discussion: "`evalctl submit --resume` goes on with it later.")

    @Argument(help: ArgumentHelp("The run's number.", valueName: "run"))
    var runID: RunID

    @OptionGroup var databaseOptions: DatabaseOptions

    func run() throws {
        try ProgramExit.reporting {
            try DatabaseAccess(options: databaseOptions).withStore { store in
                let before = try store.queue.steer(runID, .cancel)
                note(before == .cancelled ? "run \(runID) was cancelled already" : "run \(runID) is cancelled")
            }
        }
    }
}
