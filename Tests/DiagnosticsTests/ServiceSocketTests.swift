import Diagnostics
import Foundation
import Testing

@Suite struct ServiceSocketTests {
    @Test func `a path that is no socket's address is none`() {
        for path in ["", "/", "@", "run/socket", "/" + String(repeating: "x", count: 200), "/a\0b"] {
            #expect(ServiceSocket(path: path) == nil)
        }
    }

    @Test func `that nobody listens is no failure`() throws {
        let socket = try #require(ServiceSocket(path: "/nowhere/\(UUID().uuidString)"))
        #expect(!socket.send(["READY=1"]))
    }
}
