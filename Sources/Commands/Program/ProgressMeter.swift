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
            StandardOutput.writeError("\r\u{1B}[K" + Self.line(text, done: done, of: total, columns: Self.terminalColumns))
            hasBar = true
        } else {
            note(text)
        }
    }

    /// One line of a terminal: the bar as far as there is room for it beside the text, which is cut where it is longer than the line.
    static func line(_ text: String, done: Int, of total: Int, columns: Int) -> String {
        let width = min(24, columns - text.count - 4)
        guard width >= 4 else { return String(text.prefix(max(1, columns - 1))) }
        let filled = total > 0 ? min(done * width / total, width) : width
        return "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: width - filled))] \(text)"
    }

    private static var terminalColumns: Int {
        var size = winsize()
        return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
    }

    /// Leaves the bar's line.
    func finish() {
        lock.lock()
        defer { lock.unlock() }
        if hasBar { StandardOutput.writeError("\n") }
        hasBar = false
    }
}
