import Diagnostics
import Glibc

/// Ends the server of a data folder.
struct ServerStop {
    let dataDirectory: String

    /// - Throws: `cluster.stop_failed` where it is still there after having been told twice.
    func run(immediately: Bool = false) throws {
        guard let server = PostmasterFile(dataDirectory: dataDirectory) else { return }
        // SIGINT is the fast shutdown, SIGQUIT the immediate one (PostgreSQL documentation, "Shutting Down the Server").
        if !immediately, !EmbeddedCluster.mustHurry {
            kill(server.process, SIGINT)
            if hasEnded(server.process, within: .seconds(20), unlessHurried: true) { return }
        }
        kill(server.process, SIGQUIT)
        // It kills processes that do not follow after five seconds; a busy machine takes as long again.
        if hasEnded(server.process, within: .seconds(60)) { return }
        throw Failure(
            .clusterStopFailed, "The PostgreSQL server \(server.process) of \(dataDirectory) does not end",
            remedy: "see server.log beside that folder")
    }

    private func hasEnded(_ process: pid_t, within time: Duration, unlessHurried: Bool = false) -> Bool {
        let deadline = Deadline(in: time)
        while !ChildProcess.hasEnded(process) {
            guard !deadline.isPast, !(unlessHurried && EmbeddedCluster.mustHurry) else { return false }
            usleep(2_000)
        }
        return true
    }
}
