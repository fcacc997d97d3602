import Checkpoints
import Diagnostics
import Foundation
import Networks
import Testing

@Suite("Safetensors files")
struct SafetensorsTests {
    private func file(_ header: String, dataCount: Int = 0) -> [UInt8] {
        little(UInt64(header.utf8.count)) + Array(header.utf8) + [UInt8](repeating: 0, count: dataCount)
    }

    private func code(_ header: String, dataCount: Int = 0) -> String? {
        failure { try SafetensorsFile(bytes: file(header, dataCount: dataCount), name: "x.safetensors") }?.code.rawValue
    }

    @Test("what is written is read back, and the same contents give the same bytes in whatever order they are added")
    func roundTrip() throws {
        let floats = Tensor(shape: [2, 3], values: [1, -2.5, .greatestFiniteMagnitude, 0, -0.0, .leastNonzeroMagnitude])
        var first = SafetensorsWriter(metadata: ["b": "line\nbreak \"quoted\" \\", "a": "é"])
        first.add("floats", floats)
        first.add("bytes", shape: [3], bytes: [0, 127, 255])
        first.add("counts", shape: [2], integers: [Int32.min, 7])
        first.add("tracked", shape: [], integers: [Int64(1) << 40])
        var second = SafetensorsWriter(metadata: first.metadata)
        second.add("tracked", shape: [], integers: [Int64(1) << 40])
        second.add("counts", shape: [2], integers: [Int32.min, 7])
        second.add("bytes", shape: [3], bytes: [0, 127, 255])
        second.add("floats", floats)
        try Fixtures.withTemporaryFile("x.safetensors") { path in
            try first.write(to: path)
            let bytes = try Fixtures.bytes(path)
            try second.write(to: path)
            #expect(try Fixtures.bytes(path) == bytes)
            let read = try SafetensorsFile(path: path)
            #expect(read.names == ["tracked", "counts", "floats", "bytes"])
            #expect(read.metadata == first.metadata)
            #expect(try read.tensor("floats") == floats)
            #expect(try read.bytes("bytes") == [0, 127, 255])
            #expect(try read.integers("counts") == [Int(Int32.min), 7])
            #expect(try read.integers("tracked") == [1 << 40])
            #expect(try read.shape("tracked") == [])
            let folder = URL(filePath: path).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x.safetensors"])
        }
    }

    @Test("a file that cannot be written leaves nothing and names the path")
    func unwritable() throws {
        let problem = failure { try SafetensorsWriter().write(to: "/nonexistent-folder/x.safetensors") }
        #expect(problem?.code == .checkpointUnwritable)
        #expect(problem?.message.contains("/nonexistent-folder/x.safetensors") == true)
    }

    @Test("half, bfloat16 and double precision become float32")
    func conversions() throws {
        let header =
            #"{"d":{"dtype":"F64","shape":[1],"data_offsets":[0,8]},"h":{"dtype":"F16","shape":[2],"data_offsets":[8,12]},"#
            + #""b":{"dtype":"BF16","shape":[1],"data_offsets":[12,14]},"i":{"dtype":"I8","shape":[1],"data_offsets":[14,15]},"#
            + #""e":{"dtype":"F32","shape":[0,9],"data_offsets":[15,15]}}"#
        let data =
            little((0.1).bitPattern) + little(UInt16(0x3C00)) + little(UInt16(0x0001)) + little(UInt16(0xC049)) + [0xFF]
        let read = try SafetensorsFile(bytes: little(UInt64(header.utf8.count)) + Array(header.utf8) + data, name: "x")
        #expect(try read.tensor("d").values == [0.1])
        #expect(try read.tensor("h").values == [1, 0x1p-24])
        #expect(try read.tensor("b").values == [-3.140625])
        #expect(try read.integers("i") == [-1])
        #expect(try read.tensor("e") == Tensor(shape: [0, 9], values: []))
        #expect(failure { try read.integers("d") }?.code == .checkpointMismatch)
        #expect(failure { try read.tensor("absent") }?.code == .checkpointMismatch)
    }

    @Test("headers that lie are refused")
    func lies() {
        let tensor = #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
        #expect(code("{\(tensor),\(tensor)}", dataCount: 4) == "checkpoint.malformed")
        #expect(code("{\(tensor)}", dataCount: 3) == "checkpoint.truncated")
        #expect(code("{\(tensor)}", dataCount: 5) == "checkpoint.malformed")
        #expect(code(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, dataCount: 4) == "checkpoint.malformed")
        #expect(code(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, dataCount: 8) == "checkpoint.malformed")
        #expect(code(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, dataCount: 4) == "checkpoint.malformed")
        #expect(code(#"{\#(tensor),"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}"#, dataCount: 4) == "checkpoint.malformed")
        #expect(code(#"{"a":{"dtype":"F8_E5M2","shape":[1],"data_offsets":[0,1]}}"#, dataCount: 1) == "checkpoint.unsupported")
        let overflowing = #"{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}"#
        #expect(code(overflowing) == "checkpoint.malformed")
        #expect(code(#"{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,0]}}"#) == "checkpoint.malformed")
        #expect(code(#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, dataCount: 4) == "checkpoint.malformed")
        #expect(code(#"{"__metadata__":{"k":"1","k":"2"}}"#) == "checkpoint.malformed")
        #expect(code(#"{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, dataCount: 4) == "checkpoint.malformed")
        #expect(code(#"{"a":\#(String(repeating: "[", count: 100_000))"#) == "checkpoint.malformed")
        #expect(code(#"{"\ud800":{}}"#) == "checkpoint.malformed")
        #expect(code("{} x") == "checkpoint.malformed")
        #expect(code("") == "checkpoint.malformed")
    }

    @Test("a header length beyond the file or beyond reason is refused")
    func headerLength() {
        #expect(failure { try SafetensorsFile(bytes: little(UInt64(100)) + [0x7B], name: "x") }?.code == .checkpointTruncated)
        #expect(failure { try SafetensorsFile(bytes: little(UInt64.max) + [0x7B], name: "x") }?.code == .checkpointMalformed)
        #expect(failure { try SafetensorsFile(bytes: [1, 2], name: "x") }?.code == .checkpointTruncated)
    }

    @Test("what is no regular file is refused by name", arguments: ["/nonexistent", "/tmp", "/dev/zero"])
    func unreadable(_ path: String) {
        let problem = failure { try SafetensorsFile(path: path) }
        #expect(problem?.code == .checkpointUnreadable)
        #expect(problem?.message.hasPrefix("\(path): ") == true)
    }
}
