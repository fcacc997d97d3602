import Foundation
import Testing

extension ProgramTests {
    @Suite struct WallClockTests {
        /// The wall clock of programs that were started with it, as far as it is ahead.
        private final class WallClock {
            private let file: URL

            init(in folder: URL) throws {
                file = folder.appending(path: "wall-clock")
                try Data(count: 8).write(to: file)
            }

            var environment: [String: String] {
                ["LD_PRELOAD": Program.folder.appending(path: "libWallClock.so").path, "WALL_CLOCK_SHIFT": file.path]
            }

            func set(ahead seconds: Int64) throws {
                let handle = try FileHandle(forWritingTo: file)
                try handle.write(contentsOf: withUnsafeBytes(of: seconds) { Data($0) })
                try handle.close()
            }
        }

        /// How log lines of this hour begin.
        private func hour(ahead seconds: Double) -> String {
            let formatter = DateFormatter()
            formatter.locale = Locale(identifier: "en_US_POSIX")
            formatter.timeZone = TimeZone.current
            formatter.dateFormat = "yyyy-MM-dd'T'HH"
            return formatter.string(from: Date().addingTimeInterval(seconds))
        }

        @Test func `a step of the wall clock by hours either way changes nothing`() throws {
            try ProgramCluster.with(perClass: 2, transport: .postgres) { cluster in
                let clock = try WallClock(in: cluster.folder)
                let coordinator = try cluster.coordinator(environment: clock.environment)
                let worker = try cluster.worker(environment: clock.environment, "--threads", "1", "--lease-seconds", "3")
                try cluster.waitForWorkers(1)
                let run = try cluster.submit("--shard-size", "2", "--timesteps", "60", "--engine", "float")
                for (finished, hours) in [(2, 3), (6, -3), (10, 0)] {
                    try cluster.wait(until: "SELECT count(*) >= \(finished) FROM shards WHERE state = 'done'")
                    try clock.set(ahead: Int64(hours) * 3600)
                    let beats = "SELECT extract(epoch FROM last_heartbeat_at) * 1000 FROM workers"
                    let before = try cluster.count(beats)
                    try cluster.wait(until: "SELECT extract(epoch FROM last_heartbeat_at) * 1000 > \(before + 2000) FROM workers")
                }
                try cluster.expectComplete(run, images: 40)
                #expect(try cluster.count("SELECT count(*) FROM shard_attempts") == 0)
                #expect(try cluster.count("SELECT max(attempt) FROM shards") == 1)
                // What is told while the clock is elsewhere is heard, and a drain ends in its time.
                try clock.set(ahead: -3 * 3600)
                let next = try cluster.submit("--shard-size", "20", "--new")
                try cluster.expectComplete(next, images: 40)
                worker.send(SIGTERM)
                try clock.set(ahead: 3 * 3600)
                #expect(try worker.wait(seconds: 40).status == 0)
                // The steps were seen: the programs log by the wall clock, the last lines of a drain too.
                let log = try worker.errors + coordinator.errors
                #expect(log.contains("\n" + hour(ahead: 3 * 3600)) || log.contains("\n" + hour(ahead: -3 * 3600)), "\(log)")
                try cluster.drain([coordinator])
            }
        }
    }
}
