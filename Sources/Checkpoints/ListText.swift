/// Lists of names in messages: the first ones, and how many there are.
enum ListText {
    static let limit = 10

    static func quoted(_ names: [String]) -> String {
        listing(names.prefix(limit).map { Checkpoints.quoted($0) }, of: names.count)
    }

    static func listing(_ items: some Sequence<String>, of count: Int) -> String {
        items.prefix(limit).joined(separator: ", ") + (count > limit ? ", … (\(count) in all)" : "")
    }
}
