import Foundation
import TestSupport
import Testing

/// Chromium without a window, told what to do over a pair of named pipes in the DevTools protocol.
final class HeadlessBrowser {
    static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private let process = Process()
    private let commands: FileHandle
    private let inbox: Inbox
    private var session: String?
    private var lastID = 0

    /// - Parameter folder: for its profile and pipes.
    init(folder: URL, width: Int = 1280, height: Int = 1280) throws {
        let path = try #require(Self.path, "Chromium is not installed (ops/setup --tests)")
        let pipes = ["commands", "answers"].map { folder.appending(path: "\($0)-\(UUID().uuidString)").path }
        for pipe in pipes { try #require(mkfifo(pipe, 0o600) == 0) }
        // A pipe that is opened for both directions opens at once.
        commands = try #require(FileHandle(forUpdatingAtPath: pipes[0]))
        inbox = Inbox(try #require(FileHandle(forUpdatingAtPath: pipes[1])))
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", "exec \"$@\" 3<\"\(pipes[0])\" 4>\"\(pipes[1])\"", "sh", path, "--headless=new", "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--disable-background-networking", "--disable-extensions",
            "--user-data-dir=\(folder.appending(path: "profile-\(UUID().uuidString)").path)", "--window-size=\(width),\(height)",
            "--remote-debugging-pipe", "about:blank",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let target = try call("Target.createTarget", ["url": "about:blank"])
        let attached = try call("Target.attachToTarget", ["targetId": try #require(target["targetId"]), "flatten": true])
        session = try #require(attached["sessionId"] as? String)
        for domain in ["Page", "Runtime", "Log", "Network"] { try call("\(domain).enable") }
        try setSize(width: width, height: height)
    }

    deinit {
        process.terminate()
        inbox.close()
        process.waitUntilExit()
    }

    /// What pages complained of so far: exceptions, errors and warnings of the console, among them what the content security policy kept back.
    var complaints: [String] {
        inbox.events.compactMap { event in
            let parameters = event["params"] as? [String: Any] ?? [:]
            switch event["method"] as? String {
            case "Runtime.exceptionThrown": return "\(parameters["exceptionDetails"] ?? "")"
            case "Runtime.consoleAPICalled" where ["error", "warning", "assert"].contains(parameters["type"] as? String):
                return "\(parameters["args"] ?? "")"
            case "Log.entryAdded":
                let entry = parameters["entry"] as? [String: Any] ?? [:]
                return ["error", "warning"].contains(entry["level"] as? String) ? "\(entry["text"] ?? "") \(entry["url"] ?? "")" : nil
            default: return nil
            }
        }
    }

    @discardableResult
    func call(_ method: String, _ parameters: [String: Any] = [:], seconds: Double = 30) throws -> [String: Any] {
        lastID += 1
        var command: [String: Any] = ["id": lastID, "method": method, "params": parameters]
        command["sessionId"] = session
        try commands.write(contentsOf: try JSONSerialization.data(withJSONObject: command) + [0])
        let answer = try #require(inbox.answer(to: lastID, seconds: seconds), "Chromium does not answer \(method)")
        try #require(answer["error"] == nil, "\(method): \(answer["error"] ?? "")")
        return answer["result"] as? [String: Any] ?? [:]
    }

    func open(_ url: String) throws {
        try call("Page.navigate", ["url": url])
        try wait(until: "document.readyState === 'complete' && location.href !== 'about:blank'")
    }

    /// The value of an expression on the page.
    func evaluate(_ expression: String) throws -> Any? {
        let result = try call("Runtime.evaluate", ["expression": expression, "returnByValue": true])
        try #require(result["exceptionDetails"] == nil, "\(expression): \(result)")
        return (result["result"] as? [String: Any])?["value"]
    }

    func wait(until expression: String, seconds: Double = 30, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let deadline = Date().addingTimeInterval(seconds)
        while try evaluate(expression) as? Bool != true {
            try #require(Date() < deadline, "after \(seconds) s it is not that \(expression)", sourceLocation: sourceLocation)
            usleep(20_000)
        }
    }

    /// What the window shows, as the bytes of a PNG.
    func screenshot() throws -> [UInt8] {
        let data = try #require(try call("Page.captureScreenshot", ["format": "png"])["data"] as? String)
        return Array(try #require(Data(base64Encoded: data)))
    }

    func setColorScheme(_ scheme: String) throws {
        try call("Emulation.setEmulatedMedia", ["features": [["name": "prefers-color-scheme", "value": scheme]]])
    }

    func setSize(width: Int, height: Int) throws {
        try call("Emulation.setDeviceMetricsOverride", ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
    }
}

/// What the browser says, read on a thread of its own.
private final class Inbox: @unchecked Sendable {
    private let condition = NSCondition()
    private var answers: [Int: [String: Any]] = [:]
    private var heard: [[String: Any]] = []
    private var isClosed = false
    private let pipe: FileHandle

    init(_ pipe: FileHandle) {
        self.pipe = pipe
        Thread.detachNewThread { [self] in
            var rest = Data()
            while !locked({ isClosed }) {
                rest += pipe.availableData
                while let end = rest.firstIndex(of: 0) {
                    if let message = try? JSONSerialization.jsonObject(with: rest[..<end]) as? [String: Any] { take(message) }
                    rest = Data(rest[(end + 1)...])
                }
            }
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        condition.lock()
        defer { condition.unlock() }
        return body()
    }

    private func take(_ message: [String: Any]) {
        locked {
            if let id = message["id"] as? Int { answers[id] = message } else { heard.append(message) }
            condition.broadcast()
        }
    }

    var events: [[String: Any]] { locked { heard } }

    func answer(to id: Int, seconds: Double) -> [String: Any]? {
        locked {
            let deadline = Date().addingTimeInterval(seconds)
            while answers[id] == nil, condition.wait(until: deadline) {}
            return answers.removeValue(forKey: id)
        }
    }

    /// Ends the thread, which a last byte wakes.
    func close() {
        locked { isClosed = true }
        try? pipe.write(contentsOf: Data([0]))
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips where there is no Chromium, unless services are required: then the tests run and fail.
    static var requiresBrowser: Self {
        .enabled(if: servicesAreRequired || HeadlessBrowser.path != nil, "Chromium is not installed (ops/setup --tests)")
    }
}
