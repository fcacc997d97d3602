/// What wrappers put before and between the names of a network's modules.
enum ModulePrefix {
    /// Components that only PyTorch's own wrappers add, wherever they stand.
    private static let reserved: Set<Substring> = ["_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module", "_forward_module"]

    /// The modules, with the dot behind, that all names have in common: `module.`, `model._orig_mod.`; empty for fewer than two names, where
    /// nothing tells a wrapper from a module.
    static func common(to names: [String]) -> String {
        guard names.count > 1, let first = names.first.map({ Array($0.utf8) }) else { return "" }
        var length = first.count
        for name in names {
            var position = 0
            for (left, right) in zip(first.prefix(length), name.utf8) {
                guard left == right else { break }
                position += 1
            }
            length = position
        }
        let end = first[..<length].lastIndex(of: UInt8(ascii: ".")).map { $0 + 1 } ?? 0
        return String(decoding: first[..<end], as: UTF8.self)
    }

    /// The name without the prefix, where it has it, and without the components that are reserved for wrappers.
    static func removing(_ prefix: String, from name: String) -> String {
        let rest = name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : name[...]
        guard rest.contains("_") else { return String(rest) }
        let components = rest.split(separator: ".", omittingEmptySubsequences: false)
        return components.contains(where: reserved.contains)
            ? components.filter { !reserved.contains($0) }.joined(separator: ".") : String(rest)
    }
}
