extension Int {
    /// This number with the noun it counts: `1 image`, `2 images`, `0 classes`, `1 entry`.
    package func counted(_ noun: String) -> String { "\(self) \(noun.counting(self))" }

    /// The word that agrees with this number: `one` where it is 1.
    package func agreeing(_ one: String, _ several: String) -> String { self == 1 ? one : several }
}

extension String {
    /// This noun in the singular where it counts one, else in the plural.
    package func counting(_ number: Int) -> String {
        if number == 1 { return self }
        if ["s", "x", "ch", "sh"].contains(where: hasSuffix) { return self + "es" }
        if hasSuffix("y"), let last = dropLast().last, !"aeiou".contains(last) { return dropLast() + "ies" }
        return self + "s"
    }
}
