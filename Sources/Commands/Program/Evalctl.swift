package import ArgumentParser

/// `evalctl`: everything a person does with evaluations.
package struct Evalctl: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "evalctl",
        abstract: "Evaluates spiking neural networks on image data sets, with exactly one row per image.",
        discussion: """
            Data goes to standard output, progress and errors to standard error.
            Exit codes: 0 done; 1 failed; 2 the run is incomplete; 3 a check found a difference; 64 wrong usage; 69 a database or broker \
            cannot be reached; 130 interrupted.
            """,
        version: programVersion,
        subcommands: [
            RunCommand.self, UpCommand.self, SubmitCommand.self, StatusCommand.self, PauseCommand.self, ResumeCommand.self,
            CancelCommand.self, WorkerCommand.self, DeadLetterCommand.self, ReportCommand.self, FailuresCommand.self,
            PredictionsCommand.self,
            CompareCommand.self, AnytimeCommand.self, EnergyCommand.self, ActivityCommand.self, ClassesCommand.self,
            ConfusionCommand.self, MistakesCommand.self, LabelsCommand.self, DiffCommand.self, VerifyCommand.self,
            AuditCommand.self, ModelCommand.self, DataSetCommand.self, MigrateCommand.self, PruneCommand.self,
            PreprocessCommand.self,
        ])

    /// Options that the environment and the configuration file may give, of every command that takes them.
    package static let settings: Set<String> = [
        "database", "data-dir", "endpoint-url", "http", "http-token-file", "kafka", "kafka-config", "kafka-property", "log-format",
        "log-level",
        "threads", "topic-prefix",
    ]

    @OptionGroup var configurationOptions: ConfigurationOptions

    package init() {}

    /// `run` is most often its default subcommand: its help is that one's.
    static func helpOfRun(_ arguments: [String]) -> [String] {
        guard arguments.first == "run", arguments.count > 1, ["-h", "--help", "-help"].contains(arguments[1]) else { return arguments }
        return ["run", "evaluate"] + arguments.dropFirst()
    }
}
