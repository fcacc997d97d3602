import Foundation

/// The golden preprocessing cases: image files, and what Pillow made of them.
struct GoldenPreprocessing {
    struct Case: Decodable, CustomStringConvertible {
        var file: String
        var ok: Bool
        var size: [Int]?

        var description: String { file }
    }

    private struct CaseList: Decodable {
        var cases: [Case]
    }

    private struct TensorInfo: Decodable {
        var offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case offsets = "data_offsets"
        }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/golden/preprocess")

    static let cases: [Case] = {
        guard let data = try? Data(contentsOf: folder.appending(path: "cases.json")),
            let list = try? JSONDecoder().decode(CaseList.self, from: data)
        else { return [] }
        return list.cases
    }()

    static func path(of file: String) -> String {
        folder.appending(path: "images/\(file)").path
    }

    /// - Parameter golden: the folder of cases, `preprocess` or `formats`.
    static func bytes(of file: String, in golden: String = "preprocess") throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: "../\(golden)/images/\(file)")))
    }

    /// The expected pixels of every case, by `<file>/<size>`; of other recipes (`recipes`), by `<file>/<interpolation>-<resize>-crop-<size>`.
    static func expectedPixels(of golden: String = "preprocess", _ name: String = "expected") throws -> [String: [UInt8]] {
        let data = try Data(contentsOf: folder.appending(path: "../\(golden)/\(name).safetensors"))
        let headerLength = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        let tensors = try JSONDecoder().decode([String: TensorInfo].self, from: data[8..<8 + headerLength])
        return tensors.mapValues { Array(data[(8 + headerLength + $0.offsets[0])..<(8 + headerLength + $0.offsets[1])]) }
    }
}
