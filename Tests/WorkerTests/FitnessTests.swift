import Evaluation
import Foundation
import Testing
import Worker

@Suite struct FitnessTests {
    private let start = ContinuousClock.now

    @Test func `what keeps a worker from all work is told until it is over; what its transport lacks does not keep it from listening`() {
        let fitness = Fitness()
        #expect(fitness.mayClaim && fitness.canWork && fitness.problem(at: start) == nil)
        fitness.set(.cache, "the disk is full")
        #expect(!fitness.mayClaim && !fitness.canWork)
        #expect(fitness.problem(at: start) == "the disk is full")
        fitness.set(.cache, nil)
        fitness.set(.transport, "no rights")
        #expect(fitness.mayClaim && !fitness.canWork)
    }

    @Test func `a lack of the worker's own lasts half a minute, a doubt two seconds, and longer each time it comes back`() {
        let fitness = Fitness()
        fitness.note(.dataSet(1), "no mount", isOwn: true, at: start)
        fitness.note(.model(2), "no file", isOwn: false, at: start)
        #expect(fitness.unfit(at: start + .seconds(1)) == ([1], [2], []))
        #expect(fitness.unfit(at: start + .seconds(3)) == ([1], [], []))
        #expect(fitness.problem(at: start + .seconds(3)) == "no mount")
        #expect(fitness.missingDataSets(at: start + .seconds(3)) == [1])
        #expect(fitness.unfit(at: start + .seconds(31)) == ([], [], []))
        fitness.note(.model(2), "no file", isOwn: false, at: start + .seconds(3))
        #expect(fitness.unfit(at: start + .seconds(6)).models == [2])
        #expect(fitness.unfit(at: start + .seconds(8)).models == [])
        #expect(fitness.noteFit([.model(2), .dataSet(9)]) == [.model(2)])
        fitness.note(.model(2), "no file", isOwn: false, at: start + .seconds(9))
        #expect(fitness.unfit(at: start + .seconds(12)).models == [])
    }

    @Test func `a run that is too large for the memory is left to others for ten minutes, and others of its model are not`() {
        let fitness = Fitness()
        fitness.note(.run(RunID(7)), "256 time steps take 10.8 GB", isOwn: true, at: start)
        #expect(fitness.unfit(at: start + .seconds(599)) == ([], [], [RunID(7)]))
        #expect(fitness.problem(at: start + .seconds(599)) == "256 time steps take 10.8 GB")
        #expect(fitness.unfit(at: start + .seconds(601)) == ([], [], []))
        #expect(fitness.mayClaim)
    }

    @Test func `a cache is usable where a megabyte can be written, and its entries are files`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "evalctl-test-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let probe = CacheProbe(directory: folder.appending(path: "cache").path)
        #expect(probe.problem() == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: probe.directory) == [])
        let odd = String(repeating: "ab", count: 32) + ".torch"
        try FileManager.default.createDirectory(atPath: probe.directory + "/" + odd, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: probe.directory + "/other", withIntermediateDirectories: true)
        #expect(probe.oddEntries() == [odd])
        let file = folder.appending(path: "file").path
        try Data().write(to: URL(filePath: file))
        #expect(CacheProbe(directory: file).problem()?.contains(file) == true)
    }

    @Test func `a full disk is noticed`() throws {
        // A device that is always full.
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        #expect(CacheProbe(directory: "/dev/full/x").problem() != nil)
    }

    @Test func `little memory is noticed, and none that is told of is no problem`() {
        #expect(MemoryProbe.problem(meminfo: "MemTotal: 1\nMemAvailable:   20480 kB\n")?.contains("20 MB") == true)
        #expect(MemoryProbe.problem(meminfo: "MemAvailable: 4194304 kB\n") == nil)
        #expect(MemoryProbe.problem(meminfo: "") == nil)
    }
}
