import Evaluation
import Testing

@Suite struct ClassFitTests {
    private func fit(_ model: Int, _ names: [String], listed: Int, onlyListed: Bool = false) -> ClassFit {
        ClassFit(model: model, names: names, listed: listed, onlyListed: onlyListed)
    }

    /// A thousand synsets, of which the first and the last are given.
    private func synsets(_ first: String, _ last: String) -> [String] {
        [first] + (1..<999).map { "n0\(2_000_000 + $0)" } + [last]
    }

    @Test func `where a data set has all of a model's classes there is nothing to say`() {
        #expect(fit(2, ["cat", "dog"], listed: 2) == fit(2, [], listed: 2))
        #expect(fit(2, ["cat", "dog"], listed: 2).notices == [])
        #expect(fit(2, ["cat", "dog"], listed: 2).sentence == nil)
        #expect(fit(1000, synsets("n01440764", "n15075141"), listed: 1000).notices == [])
        #expect(fit(1000, (0..<1000).map { "class\($0)" }, listed: 1000).notices == [])
    }

    @Test func `a subset is told with what becomes of the other classes`() throws {
        let all = fit(20, (0..<20).map { "c\($0)" }, listed: 3)
        #expect(all.notices.count == 1)
        #expect(all.notices[0].contains("3 of the model's 20") && all.notices[0].contains("other 17 count as wrong answers"))
        #expect(all.notices[0].contains("--only-listed-classes"))
        #expect(try #require(all.sentence).contains("the other 17 count as wrong answers"))
        let subset = fit(20, (0..<20).map { "c\($0)" }, listed: 3, onlyListed: true)
        #expect(subset.notices.count == 1 && subset.notices[0].contains("logits of the other 17 are left out"))
        #expect(!subset.notices[0].contains("--only-listed-classes"))
        #expect(try #require(subset.sentence).contains("logits of the other 17 are left out"))
    }

    @Test func `classes that have no index in the model are told, whether fewer or more`() {
        let fewer = fit(1000, ["cat", "dog"], listed: 2).notices
        #expect(fewer.count == 2 && fewer[1].contains("classes 0 to 1, cat as 0") && fewer[1].contains("--class-map"))
        let more = fit(2, ["cat", "dog", "owl"], listed: 3).notices
        #expect(more.count == 1 && more[0].contains("has 3 classes, and the model tells 2 apart"))
    }

    @Test func `synsets that are not where ILSVRC2012 has them are told`() {
        #expect(fit(1000, synsets("n01440764", "n15075142"), listed: 1000).notices.first?.contains("n15075142") == true)
        #expect(fit(1000, synsets("n00000001", "n15075141"), listed: 1000).notices.first?.contains("n00000001") == true)
    }
}
