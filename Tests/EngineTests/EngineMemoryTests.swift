import Diagnostics
import Engine
import Foundation
import Networks
import Testing

@Suite struct EngineMemoryTests {
    /// Measured in a process of its own, where nothing else takes memory, of all families: this test once more, told to measure by a variable that names a
    /// file for the number of its measurements.
    @Test func `what an engine says it takes is what the process grows by`() throws {
        let variable = "EVALCTL_TEST_MEASURED_MEMORY"
        if let file = ProcessInfo.processInfo.environment[variable] {
            try "\(try measurements())".write(toFile: file, atomically: true, encoding: .utf8)
            return
        }
        let file = FileManager.default.temporaryDirectory.appending(path: "evalctl-memory-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let child = Process()
        child.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        child.arguments = ["--testing-library", "swift-testing", "--filter", "EngineMemoryTests/.what an engine says"]
        child.environment = ProcessInfo.processInfo.environment.merging([variable: file.path]) { $1 }
        let output = Pipe()
        child.standardOutput = output
        child.standardError = output
        try child.run()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        child.waitUntilExit()
        #expect(child.terminationStatus == 0, "\(text)")
        let measured = try #require(Int(try String(contentsOf: file, encoding: .utf8)), "\(text)")
        #expect(measured > GoldenCase.zoo.count * 4)
    }

    /// - Returns: how many there were.
    private func measurements() throws -> Int {
        // Memory that is given back goes to the system, so that none is taken twice.
        giveBackFreedMemory()
        var count = 0
        for name in GoldenCase.names + GoldenCase.zoo {
            let golden = try GoldenCase(name)
            let pixels = [UInt8](repeating: 127, count: 3 * golden.network.inputSize * golden.network.inputSize)
            for format in ["fixed32", "fixed16", "float"] {
                // Some weights are too coarse for sixteen bits.
                guard let engine = try? Engines.make(format, parameters: golden.parameters) else { continue }
                for timeSteps in [2, min(64, golden.network.longestRun)] {
                    let said = engine.memory(timeSteps: timeSteps, isTracing: false).perThread
                    let taken = try growth {
                        let workspace = try engine.makeWorkspace(timeSteps: timeSteps)
                        _ = try workspace.infer(pixels: pixels)
                    }
                    let isBound = taken <= said + 500_000 && said <= taken + taken / 4 + 1_000_000
                    #expect(isBound, "\(name), \(engine.name), \(timeSteps) steps: \(said) bytes said, \(taken) taken")
                    count += 1
                }
            }
        }
        return count
    }

    @Test func `a trace's spikes are part of what is said`() throws {
        let golden = try GoldenCase(GoldenCase.names[0])
        let engine = try Engines.make("fixed32", parameters: golden.parameters)
        let plain = engine.memory(timeSteps: 5, isTracing: false)
        let traced = engine.memory(timeSteps: 5, isTracing: true)
        #expect(traced.perThread - plain.perThread == golden.network.activity.groups.reduce(0) { $0 + $1.neurons } * 5)
        #expect(traced.shared == plain.shared)
    }

    @Test func `more than there is is refused with what it would take`() throws {
        let memory = EngineMemory(shared: 7_000_000, perThread: 5_400_000_000)
        try memory.require(threads: 2, timeSteps: 256, limit: 10_807_000_000)
        let failure = #expect(throws: Failure.self) { try memory.require(threads: 2, timeSteps: 256, limit: 10_806_999_999) }
        #expect(failure?.code == .engineMemory)
        #expect(failure?.message == "256 time steps take 10.8 GB for 2 threads, and 10.8 GB may be taken")
        #expect(failure?.remedy?.contains("--memory-limit") == true)
        #expect(EngineMemory(shared: 1, perThread: .max).total(threads: 4) == .max)
    }

    private static let controlGroups: [(groups: String, files: [String: String], limit: Int?)] = [
        ("0::/a/b\n", ["/sys/fs/cgroup/a/b/memory.max": "max\n", "/sys/fs/cgroup/a/memory.max": "2048\n"], 2048),
        ("0::/\n", ["/sys/fs/cgroup/memory.max": "4096\n"], 4096), ("0::/../x\n", [:], nil),
        (
            "3:cpu:/x\n4:memory:/x\n0::/y\n",
            ["/sys/fs/cgroup/memory/x/memory.limit_in_bytes": "512", "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"],
            512
        ),
        ("nonsense", [:], nil), ("0::/a", ["/sys/fs/cgroup/a/memory.max": "-3"], nil),
    ]

    @Test(arguments: controlGroups.indices)
    func `a control group's limit is the least of it and those above`(index: Int) {
        let (groups, files, limit) = Self.controlGroups[index]
        #expect(MachineMemory.limit(ofGroups: groups) { files[$0] } == limit)
        #expect(MachineMemory.bytes > 1 << 20)
    }
}

/// Lets the allocator ask the system for whatever has more than 16 KiB, by `mallopt`, which Swift's Glibc does not name.
private func giveBackFreedMemory() {
    guard let address = dlsym(nil, "mallopt") else { fatalError("this is not glibc") }
    let largestKept: Int32 = -3
    _ = unsafeBitCast(address, to: (@convention(c) (Int32, Int32) -> Int32).self)(largestKept, 1 << 14)
}

/// Bytes of memory that a process has at most while `body` runs, more than before.
private func growth(_ body: () throws -> Void) throws -> Int {
    // 5 forgets the peak.
    try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    let before = try status("VmRSS:")
    try body()
    return try status("VmHWM:") - before
}

private func status(_ name: String) throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(name) }), let kilobytes = Int(line.filter(\.isNumber)) else {
        return 0
    }
    return kilobytes * 1024
}
