import Diagnostics
import Evaluation
import Reports
import Testing

/// Names and messages come from files, databases and people; none of them may act on who reads them.
@Suite struct ForeignTextTests {
    private static let hostile = [
        "a\nERROR forged", "a\r\u{1B}[2Jb", "\u{1B}]0;title\u{07}", "\u{202E}gpj.exe", "x\u{2066}y\u{2069}", "\u{9B}31m", "a\u{2028}b",
        "\u{0}", "\u{7F}",
    ]

    private func isHarmless(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n"
                || (scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && !(0x202A...0x202E).contains(scalar.value)
                    && !(0x2066...0x2069).contains(scalar.value) && !(0x2028...0x2029).contains(scalar.value))
        }
    }

    @Test(arguments: hostile) func `a table is one line for each row, and nothing in it is obeyed`(text: String) {
        let table = TextTable([.init("name"), .init("n", .right)], rows: [[text, "1"], ["b", "2"]])
        for rendered in [table.plain(), table.markdown()] {
            #expect(isHarmless(rendered), "\(rendered)")
        }
        #expect(table.plain().split(separator: "\n", omittingEmptySubsequences: false).count == 4)
        #expect(table.markdown().split(separator: "\n", omittingEmptySubsequences: false).count == 5)
        var document = TextDocument(text)
        document.say(text)
        document.show(text, table)
        #expect(isHarmless(document.plain()) && isHarmless(document.markdown()))
        #expect(document.plain().split(separator: "\n").count == 1 + 1 + 1 + 3)
    }

    @Test(arguments: hostile + ["<img src=x onerror=y>|\\"]) func `a report of a hostile name shows it in every format`(text: String) throws
    {
        var report = RunReportTests.report()
        report.model = text
        for shown in [
            try report.rendered(as: .table), try report.rendered(as: .markdown), report.latexRow(header: false),
            report.markdownRow(header: false),
        ] {
            #expect(isHarmless(shown), "\(shown)")
        }
        for shown in [report.latexRow(header: false), report.markdownRow(header: false)] {
            #expect(shown.split(separator: "\n").count == 1)
        }
        var document = TextDocument("of \(text)")
        document.say(text)
        for shown in [try report.rendered(as: .markdown), report.markdownRow(header: false), document.markdown()] {
            #expect(!shown.replacing("\\<", with: "").contains("<img"), "\(shown)")
        }
    }

    @Test(arguments: hostile) func `a failure is one line`(text: String) {
        let failure = Failure(.init("test"), "\(text) is no folder", remedy: "see \(text)", cause: Failure(.init("test"), text))
        #expect(isHarmless("\(failure)") && !"\(failure)".contains("\n"))
    }

    @Test func `ordinary text of any script stays as it is`() {
        for text in ["n01440764", "Zürich", "鯊魚", "كلب", "👩‍🔬", "a–b"] { #expect(text.printable == text) }
    }

    @Test func `Markdown shows what is in a cell`() {
        let table = TextTable([.init("name")], rows: [["<img src=x onerror=y>"], ["[a](http://b)"], ["`x|y`"], ["a_b*c*"], ["\\"]])
        #expect(
            table.markdown().split(separator: "\n").dropFirst(2).map { String($0.dropFirst(2)) }
                .joined(separator: "\n").filter { $0 != " " }
                == "\\<imgsrc=xonerror=y\\>|\n\\[a\\](http://b)|\n\\`x\\|y\\`|\na_b\\*c\\*|\n\\\\|")
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+a", "'+a"), ("-a", "'-a"), ("@a", "'@a"), ("=\"a\",b", "\"'=\"\"a\"\",b\""), ("a=b", "a=b"),
        ("a\nb", "a\\u{a}b"),
        ("\t=a", "\\u{9}=a"),
    ])
    func `a spreadsheet takes no field of a CSV for a formula`(text: String, field: String) throws {
        var bytes: [UInt8] = []
        var writer = try ExportWriter([ExportColumn("file", .text), ExportColumn("value", .float64)], as: .csv) { bytes += $0 }
        try writer.write([.text(text), .float64(-1.5)])
        try writer.finish()
        #expect(String(decoding: bytes, as: UTF8.self) == "file,value\n\(field),-1.5\n")
    }
}
