package import Diagnostics
internal import Foundation

extension Failure.Code {
    /// A file that should hold an earlier measurement does not.
    package static let unreadableMeasurement = Failure.Code("bench.unreadable_measurement")
}

/// A measurement beside an earlier one, as `bench engine --format json` wrote it. Its JSON form is `now`, `earlier` and `ratio`.
package struct MeasurementComparison: Sendable, Encodable {
    /// A number of both, by its key; parts as `part_ms.NAME`.
    package struct Row: Sendable {
        package let key: String
        package let now: Double
        package let earlier: Double
        /// Now over earlier; nil where earlier is 0.
        package var ratio: Double? { earlier == 0 ? nil : now / earlier }
    }

    /// In the order of their keys.
    package let rows: [Row]

    private static let largestFile = 1 << 20

    /// - Throws: `bench.unreadable_measurement`.
    package init(_ measurement: EngineMeasurement, with path: String) throws {
        let now = Self.numbers(try JSONEncoder().encode(measurement)) ?? [:]
        guard let data = FileManager.default.contents(atPath: path), data.count <= Self.largestFile, let earlier = Self.numbers(data),
            earlier["ms_per_image"] != nil
        else {
            throw Failure(
                .unreadableMeasurement, "\(path) is no measurement of an engine",
                remedy: "give a file that eval-lab bench engine --format json wrote")
        }
        rows = now.keys.sorted().compactMap { key in
            guard let before = earlier[key], let value = now[key] else { return nil }
            return Row(key: key, now: value, earlier: before)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case now, earlier, ratio
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        func table(_ value: (Row) -> Double?) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: rows.compactMap { row in value(row).map { (row.key, $0) } })
        }
        try container.encode(table(\.now), forKey: .now)
        try container.encode(table(\.earlier), forKey: .earlier)
        try container.encode(table(\.ratio), forKey: .ratio)
    }

    /// The numbers of an object and of the objects in it.
    private static func numbers(_ data: Data) -> [String: Double]? {
        guard let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any] else { return nil }
        var found: [String: Double] = [:]
        for (key, value) in object {
            if let number = value as? Double { found[key] = number }
            for (inner, value) in value as? [String: Any] ?? [:] { if let number = value as? Double { found["\(key).\(inner)"] = number } }
        }
        return found
    }
}
