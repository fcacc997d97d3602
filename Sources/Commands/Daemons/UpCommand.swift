internal import ArgumentParser
internal import Foundation
internal import Postgres

struct UpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Starts the embedded stack, prints how to reach it, and stays until it is interrupted.")

    @OptionGroup var stackOptions: StackOptions

    @OptionGroup var httpOptions: HTTPOptions

    @Option(help: "Folder of the embedded database, its logs and cached checkpoints. Default: $XDG_STATE_HOME/evalctl.")
    var dataDir: String?

    func run() throws {
        try ProgramExit.reporting {
            let interruption = Interruption()
            let stack = try EmbeddedStack(
                dataDirectory: DatabaseOptions.directory(dataDir), threads: stackOptions.threadCount,
                memoryLimit: stackOptions.memory.limit, http: httpOptions, interruption: interruption)
            output("EVALCTL_DATABASE='\(stack.address.exposedURI)'\n")
            note("the stack is up; Ctrl-C stops it")
            do {
                while !interruption.isRaised {
                    try stack.requireRunning()
                    usleep(100_000)
                }
            } catch {
                let code = ProgramExit.code(for: error)
                try? stack.stop()
                throw code
            }
            try stack.stop()
        }
    }
}
