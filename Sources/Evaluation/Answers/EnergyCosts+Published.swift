extension EnergyCosts {
    /// Horowitz, "Computing's energy problem", ISSCC 2014, figure 1.1.9: 45 nm, 0.9 V. A multiply-accumulate is a multiplication and an
    /// addition. The figure has no 16-bit integers.
    package static let published = [
        EnergyCosts(name: defaultName, ac: 0.9, mac: 4.6),
        EnergyCosts(name: "45nm-float16", ac: 0.4, mac: 1.5),
        EnergyCosts(name: "45nm-int32", ac: 0.1, mac: 3.2),
        EnergyCosts(name: "45nm-int8", ac: 0.03, mac: 0.23),
    ]

    /// A table written as `NAME=AC,MAC`, in picojoules; nil where the text is none.
    package init?(parsing text: String) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.count <= 100, parts[0].utf8.allSatisfy(Self.isAllowed) else { return nil }
        let costs = parts[1].split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
        guard costs.count == 2, let ac = costs[0], let mac = costs[1], [ac, mac].allSatisfy({ (0..<1e12).contains($0) }) else { return nil }
        self.init(name: String(parts[0]), ac: ac, mac: mac)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
