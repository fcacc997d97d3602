import Diagnostics
import Foundation
import Testing

@Suite struct JSONTextTests {
    @Test func `whatever a string holds, a reader of JSON gets it back`() throws {
        let everything = String(String.UnicodeScalarView((0..<0x300).compactMap { Unicode.Scalar($0 as UInt32) })) + "\u{2028}😀"
        for text in ["", "plain", "\"\\/", everything] {
            #expect(try JSONDecoder().decode([String].self, from: Data("[\(JSONText.quoted(text))]".utf8)) == [text])
        }
    }
}
