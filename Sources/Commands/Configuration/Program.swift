package import ArgumentParser
internal import Diagnostics
internal import Foundation

/// The programs of this project. They are one, which looks at the name it is called by, so that a package holds their code once.
package enum Program {
    /// Runs the program that this process was started as, and ends the process.
    package static func main() -> Never {
        switch CommandLine.arguments.first?.split(separator: "/").last {
        case "eval-worker": run(EvalWorker.self, settings: nil, file: "worker.conf")
        case "eval-coordinator": run(EvalCoordinator.self, settings: nil, file: "coordinator.conf")
        default: run(Evalctl.self, settings: Evalctl.settings, file: "evalctl.conf")
        }
    }

    /// Runs a command with its settings, and ends the process.
    /// - Parameters:
    ///   - settings: names of the options that are settings; nil for all of them.
    ///   - file: the file in `/etc/evalctl` that is read where none is named.
    package static func run(_ command: any ParsableCommand.Type, settings: Set<String>?, file: String) -> Never {
        do {
            let settings = try ProgramSettings(
                .parse(command._dumpHelp()), arguments: Array(CommandLine.arguments.dropFirst()),
                environment: ProcessInfo.processInfo.environment, settings: settings, defaultFile: "/etc/evalctl/\(file)")
            if settings.isPrinting {
                output(settings.printed)
                exit(0)
            }
            command.main(settings.effectiveArguments)
        } catch {
            note("error: \(error)")
            exit(ExitCode.validationFailure.rawValue)
        }
        exit(0)
    }
}

/// Where settings are from that the command line does not give. ``Program`` looks at these before anything is parsed.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: """
            A file of settings, `name = value` a line, named as the options. Default: $EVALCTL_CONFIG, else that of /etc/evalctl where it \
            is there; an empty name is no file.
            """)
    var config: String?

    @Flag(help: "Print the settings as they are, with where each is from and without secrets, and end.")
    var printConfig = false
}
