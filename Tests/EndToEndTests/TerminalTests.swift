import Foundation
import Postgres
import TestSupport
import Testing

extension ProgramTests {
    /// What a person at a terminal does to a program, and what machines do to it: closed ends, full disks, signals.
    @Suite struct TerminalTests {
        /// A finished run of few images below `state`.
        private func makeRun(in folder: URL, state: String) throws {
            let images = folder.appending(path: "val")
            try Program.copyDemoImages(perClass: 1, to: images)
            let run = try Program.evalctl(
                "run", "--model", Program.demoModel, "--dataset", images.path, "--timesteps", "1", "--data-dir", state, in: folder)
            try #require(run.status == 0, "\(run.errors)")
        }

        /// Starts a program whose descriptors a shell has changed.
        private func evalctl(_ redirections: String, _ arguments: [String], in folder: URL) throws -> Program {
            try Program("evalctl", arguments, through: ["sh", "-c", "exec \"$0\" \"$@\" \(redirections)"], in: folder)
        }

        private func isServerRunning(_ state: String) -> Bool {
            if case .running = EmbeddedCluster(directory: state + "/postgres").status { true } else { false }
        }

        @Test func `what cannot be written is an error in a sentence, and leaves no server behind`() throws {
            try Program.withFolder { folder in
                let state = folder.appending(path: "state").path
                try makeRun(in: folder, state: state)
                let full = try evalctl("> /dev/full", ["report", "1", "--data-dir", state], in: folder).wait()
                #expect(full.status == 1 && full.errors.contains("standard output cannot be written: No space left on device"))
                #expect(!full.errors.contains("Error Domain") && !full.errors.contains("Fatal"))
                let rows = try evalctl("> /dev/full", ["predictions", "1", "--data-dir", state], in: folder).wait()
                #expect(rows.status == 1 && rows.errors.contains("No space left"))
                let closed = try evalctl("2>&-", ["report", "1", "--data-dir", state], in: folder).wait()
                #expect(closed.status == 0 && closed.output.contains("20 of 20 images"))
                let silent = try evalctl(">&- 2>&-", ["run", "list", "--data-dir", state], in: folder).wait()
                #expect(silent.status == 1)
                let piped = try Program(
                    "evalctl", ["predictions", "1", "--data-dir", state], through: ["sh", "-c", "\"$0\" \"$@\" | head -c 1"], in: folder
                ).wait()
                #expect(piped.output == "f" && !piped.errors.contains("Fatal"))
                let file = try Program.evalctl(
                    "report", "1", "--data-dir", state, "--output", "/proc/nothing/report", in: folder)
                #expect(file.status == 1 && !file.errors.contains("NSCocoaErrorDomain"), "\(file.errors)")
                #expect(!isServerRunning(state))
            }
        }

        @Test(arguments: [[SIGHUP], [SIGINT, SIGINT], [SIGTERM, SIGHUP]])
        func `a closed terminal and a second Ctrl-C end everything that was started`(signals: [Int32]) throws {
            try Program.withFolder { folder in
                let state = folder.appending(path: "state").path
                let run = try Program(
                    "evalctl",
                    ["run", "--model", Program.demoModel, "--dataset", Program.demoImages, "--timesteps", "64", "--data-dir", state],
                    in: folder)
                let log = URL(filePath: state + "/logs/worker.log")
                let deadline = Date().addingTimeInterval(60)
                while (try? Data(contentsOf: log))?.isEmpty != false {
                    try #require(run.isRunning && Date() < deadline, "the worker does not start")
                    usleep(20_000)
                }
                for signal in signals { run.send(signal) }
                let outcome = try run.wait(seconds: 40)
                #expect(outcome.status == 130, "\(outcome.errors)")
                #expect(!outcome.errors.contains("Fatal") && !outcome.errors.contains("error:"), "\(outcome.errors)")
                #expect(!isServerRunning(state))
                let list = try Program.evalctl("run", "list", "--data-dir", state, in: folder)
                if list.output.contains("interrupted, ") {
                    #expect(list.errors.contains("goes on where it stopped"))
                }
            }
        }

        @Test func `an interrupted run is listed as interrupted, and the same command goes on with it`() throws {
            try Program.withFolder { folder in
                let state = folder.appending(path: "state").path
                let arguments = [
                    "run", "--model", Program.demoModel, "--dataset", Program.demoImages, "--threads", "1", "--timesteps", "8",
                    "--shard-size",
                    "10", "--data-dir", state,
                ]
                let first = try Program("evalctl", arguments, in: folder)
                let deadline = Date().addingTimeInterval(60)
                func claimed() throws -> Bool {
                    let environment = "postgresql:///evalctl?host=\(state)/postgres/socket&port=5432&user=evalctl"
                    guard FileManager.default.fileExists(atPath: "\(state)/postgres/socket/.s.PGSQL.5432") else { return false }
                    let list = try Program.evalctl("status", "--format", "json", "--database", environment, in: folder)
                    return list.output.contains("\"started_at\"")
                }
                while try !claimed() { try #require(first.isRunning && Date() < deadline, "no shard is claimed") }
                first.send(SIGINT)
                let stopped = try first.wait(seconds: 40)
                #expect(stopped.status == 130 && stopped.errors.contains("goes on with run 1"), "\(stopped.errors)")
                let list = try Program.evalctl("run", "list", "--data-dir", state, in: folder)
                #expect(list.output.contains("interrupted, "), "\(list.output)")
                #expect(list.errors.contains("run 1 is interrupted: `evalctl up`, or the same `evalctl run` again, goes on"))
                let again = try Program("evalctl", arguments, in: folder).wait(seconds: 240)
                #expect(again.status == 0 && again.output.contains("500 of 500 images"), "\(again.errors)")
            }
        }

        @Test(.enabled(if: geteuid() == 0 || ProcessInfo.processInfo.environment["EVALCTL_REQUIRE_SERVICES"] == "1", "mounting needs root"))
        func `a disk that fills up is told of while it is full, and the run goes on once there is room`() throws {
            try Program.withFolder { folder in
                let disk = folder.appending(path: "disk").path
                try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
                try #require(mount("tmpfs", disk, "tmpfs", 0, "size=200m") == 0)
                defer { umount2(disk, Int32(MNT_DETACH)) }
                try #require(chmod(disk, 0o755) == 0)
                let arguments = [
                    "run", "--model", Program.demoModel, "--dataset", Program.demoImages, "--threads", "1", "--timesteps", "64",
                    "--data-dir",
                    disk + "/state",
                ]
                let run = try Program("evalctl", arguments, in: folder)
                let deadline = Date().addingTimeInterval(120)
                while try !Program.evalctl("run", "list", "--data-dir", disk + "/state", in: folder).output.contains("demo") {
                    try #require(run.isRunning && Date() < deadline, "the run does not start")
                }
                _ = FileManager.default.createFile(atPath: disk + "/filler", contents: nil)
                let filler = try #require(FileHandle(forWritingAtPath: disk + "/filler"))
                while (try? filler.write(contentsOf: Data(count: 1 << 20))) != nil {}
                let filled = Date()
                while try !run.errors.contains("is full") {
                    try #require(Date().timeIntervalSince(filled) < 60, "nothing is said of the full disk")
                    usleep(20_000)
                }
                #expect(try run.wait(seconds: 60).status == 1)
                let report = try Program.evalctl("run", "list", "--data-dir", disk + "/state", in: folder)
                #expect(report.status == 1 && report.errors.contains("is full"), "\(report.errors)")
                try filler.close()
                try FileManager.default.removeItem(atPath: disk + "/filler")
                let list = try Program.evalctl("run", "list", "--data-dir", disk + "/state", in: folder)
                #expect(list.status == 0 && list.output.contains("demo"), "\(list.errors)\(list.output)")
            }
        }

        @Test func `progress keeps to one line of a terminal of 40 columns`() throws {
            try Program.withFolder { folder in
                let command =
                    "stty cols 40 rows 20; exec '\(Program.folder.path)/evalctl' run --model '\(Program.demoModel)' --dataset "
                    + "'\(Program.demoImages)' --timesteps 1 --data-dir '\(folder.path)/state' > '\(folder.path)/report'"
                let process = Process()
                process.executableURL = URL(filePath: "/usr/bin/env")
                process.arguments = ["script", "-qec", command, folder.appending(path: "typescript").path]
                process.standardInput = FileHandle.nullDevice
                process.standardOutput = FileHandle.nullDevice
                try process.run()
                process.waitUntilExit()
                #expect(process.terminationStatus == 0)
                let text = try String(contentsOf: folder.appending(path: "typescript"), encoding: .utf8)
                let lines = text.split(whereSeparator: { $0 == "\r" || $0 == "\n" || $0 == "\r\n" }).filter { $0.contains("\u{1B}[K") }
                #expect(lines.contains { $0.contains("run 1") })
                for line in lines { #expect(line.replacing("\u{1B}[K", with: "").count < 40, "\(line)") }
            }
        }

        @Test func `the help of run shows its options`() throws {
            try Program.withFolder { folder in
                let help = try Program.evalctl("run", "--help", in: folder)
                #expect(help.status == 0 && help.output.contains("--model <model>") && help.output.contains("--timesteps"))
            }
        }
    }
}
