import Diagnostics
import Logging
import Testing

@Suite struct LogLevelsTests {
    private let targets: Set<String> = ["kafka", "worker"]

    @Test func `a level is for all, and a target may have its own`() throws {
        let levels = try LogLevels(parsing: "error,kafka=debug", targets: targets)
        #expect(levels.general == .error)
        #expect(levels.byTarget == ["kafka": .debug])
        #expect(try LogLevels(parsing: "worker=info", targets: targets).general == .warning)
    }

    @Test(arguments: ["", "loud", "info,", "info,error", "kafka=", "kafak=debug", "kafka=loud", "=info", "info=info"])
    func `what is no level, or of no target, is refused`(text: String) throws {
        let failure = #expect(throws: Failure.self) { try LogLevels(parsing: text, targets: targets) }
        #expect(failure?.code.rawValue == "log.level")
    }
}
