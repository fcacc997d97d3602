/// Answers of a Kafka broker, in which the broker's address is replaced by that of the proxy in front of it: clients learn from answers
/// where to connect next. Both addresses are 127.0.0.1, so that no length changes.
package struct BrokerAnswers: Sendable {
    private let brokerPort: Int
    private let proxyPort: Int
    /// The bytes of the present frame that are not passed on yet: a frame's length, or a whole short frame.
    private var pending: [UInt8] = []
    /// Bytes of a long frame that pass as they are.
    private var passing = 0

    /// Longer answers hold messages, no addresses.
    private static let longestFrame = 1 << 16
    private static let host = Array("127.0.0.1".utf8)

    package init(brokerPort: Int, proxyPort: Int) {
        self.brokerPort = brokerPort
        self.proxyPort = proxyPort
    }

    /// Reads on.
    /// - Returns: what is to be passed on.
    package mutating func pass(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var passed: [UInt8] = []
        var rest = bytes
        while !rest.isEmpty {
            if passing > 0 {
                let taken = min(passing, rest.count)
                passed += rest.prefix(taken)
                rest = rest.dropFirst(taken)
                passing -= taken
                continue
            }
            let wanted = pending.count < 4 ? 4 : 4 + Self.length(of: pending)
            let taken = min(wanted - pending.count, rest.count)
            pending += rest.prefix(taken)
            rest = rest.dropFirst(taken)
            guard pending.count >= 4 else { continue }
            let length = Self.length(of: pending)
            if length > Self.longestFrame {
                passed += pending
                pending = []
                passing = length
            } else if pending.count == 4 + length {
                passed += rewritten(pending)
                pending = []
            }
        }
        return passed
    }

    private static func length(of frame: [UInt8]) -> Int {
        frame[..<4].reduce(0) { $0 << 8 | Int($1) }
    }

    private func rewritten(_ frame: [UInt8]) -> [UInt8] {
        var frame = frame
        let wanted = Self.host + Self.number(brokerPort)
        let replacement = Self.number(proxyPort)
        var start = 0
        while start + wanted.count <= frame.count {
            if frame[start..<(start + wanted.count)].elementsEqual(wanted) {
                frame.replaceSubrange((start + Self.host.count)..<(start + wanted.count), with: replacement)
                start += wanted.count
            } else {
                start += 1
            }
        }
        return frame
    }

    /// As the Kafka protocol writes an INT32.
    private static func number(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }
}
