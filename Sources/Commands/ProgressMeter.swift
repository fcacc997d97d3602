internal import Foundation
internal import Reports

/// Progress of long work on standard error: a bar that is redrawn on a terminal, a plain line now and then elsewhere.
final class ProgressMeter: @unchecked Sendable {
    private let title: String
    private let unit: String
    private let isTerminal: Bool
    private let start = ContinuousClock.now
    private let lock = NSLock()
    private var lastPrint: ContinuousClock.Instant?
    private var hasBar = false

    init(_ title: String, unit: String = "images") {
        self.title = title
        self.unit = unit
        isTerminal = isatty(STDERR_FILENO) == 1
    }

    /// Shows that `done` of `total` are done; prints only so often.
    func update(_ done: Int, of total: Int, perSecond: Double? = nil) {
        lock.lock()
        defer { lock.unlock() }
        let now = ContinuousClock.now
        let interval: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
        if let lastPrint, now - lastPrint < interval, done < total { return }
        if !isTerminal, lastPrint == nil, done < total {
            lastPrint = now
            return
        }
        lastPrint = now
        let seconds = Double((now - start).components.seconds) + Double((now - start).components.attoseconds) * 1e-18
        let rate = perSecond ?? (seconds > 0 ? Double(done) / seconds : 0)
        var text = "\(title) \(done)/\(total) \(unit), \(NumberText.fixed(rate, 1))/s"
        if done < total, rate > 0 { text += ", \(NumberText.duration(seconds: Double(total - done) / rate)) left" }
        if isTerminal {
            let filled = total > 0 ? min(done * 24 / total, 24) : 24
            let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 24 - filled)
            FileHandle.standardError.write(Data("\r\u{1B}[K[\(bar)] \(text)".utf8))
            hasBar = true
        } else {
            note(text)
        }
    }

    /// Leaves the bar's line.
    func finish() {
        lock.lock()
        defer { lock.unlock() }
        if hasBar { FileHandle.standardError.write(Data("\n".utf8)) }
        hasBar = false
    }
}
