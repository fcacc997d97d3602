import Dashboard
import Diagnostics
import Foundation
import Testing

@Suite struct HTTPAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080, true), ("127.9.9.9:0", "127.9.9.9", 0, true), ("localhost:1", "localhost", 1, true),
        ("[::1]:65535", "::1", 65_535, true), ("0.0.0.0:80", "0.0.0.0", 80, false), ("[::]:80", "::", 80, false),
        ("eval.example:80", "eval.example", 80, false), ("10.0.0.1:80", "10.0.0.1", 80, false), ("127.1:80", "127.1", 80, false),
        ("localhost.example:80", "localhost.example", 80, false),
    ])
    func `an address has a host and a port, and is loopback or not`(text: String, host: String, port: Int, isLoopback: Bool) throws {
        let address = try HTTPAddress(parsing: text)
        #expect(address == HTTPAddress(host: host, port: port))
        #expect(address.isLoopback == isLoopback)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:-1", "127.0.0.1:65536", "::1:80", "[::1:80", "[]:80", "a b:80",
        "http://a:80", "u@a:80",
    ])
    func `what is no address is refused with what to give instead`(text: String) {
        let failure = #expect(throws: Failure.self) { try HTTPAddress(parsing: text) }
        #expect(failure?.code == .httpAddress)
        #expect(failure?.remedy?.contains("HOST:PORT") == true)
    }

    @Test func `an address that others can reach needs a token`() throws {
        let token = try HTTPToken("0123456789abcdef")
        let open = try HTTPAddress(parsing: "0.0.0.0:0")
        #expect(Failure.code(of: #expect(throws: Failure.self) { try HTTPConfiguration(address: open, token: nil) }!) == .httpToken)
        #expect(throws: Never.self) { try HTTPConfiguration(address: open, token: token) }
        #expect(throws: Never.self) { try HTTPConfiguration(address: HTTPAddress(host: "127.0.0.1", port: 0), token: nil) }
    }

    @Test(arguments: ["short", "0123456789 abcdef", "0123456789abcd\u{e9}f", String(repeating: "a", count: 1025)])
    func `a token that could be guessed or not be sent is refused, and not repeated`(text: String) {
        let failure = #expect(throws: Failure.self) { try HTTPToken(text) }
        #expect(failure?.code == .httpToken)
        #expect(failure?.description.contains(text) == false)
    }

    @Test func `a token comes from a file before the environment`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
        try Data("  fedcba9876543210\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let environment = ["EVALCTL_HTTP_TOKEN": "0123456789abcdef"]
        #expect(try HTTPToken.find(file: file.path, environment: environment)?.matches("fedcba9876543210") == true)
        #expect(try HTTPToken.find(file: nil, environment: environment)?.matches("0123456789abcdef") == true)
        #expect(try HTTPToken.find(file: nil, environment: ["EVALCTL_HTTP_TOKEN": ""]) == nil)
        let failure = #expect(throws: Failure.self) { try HTTPToken.find(file: "/nowhere/token", environment: environment) }
        #expect(failure?.message.contains("/nowhere/token") == true)
    }
}
