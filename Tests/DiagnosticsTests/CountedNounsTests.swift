import Diagnostics
import Testing

@Suite struct CountedNounsTests {
    @Test func `a noun agrees with its number`() {
        #expect([0, 1, 2].map { $0.counted("image") } == ["0 images", "1 image", "2 images"])
        #expect(3.counted("class") == "3 classes" && 1.counted("class") == "1 class")
        #expect(2.counted("entry") == "2 entries" && 2.counted("key") == "2 keys" && 2.counted("data set") == "2 data sets")
        #expect(1.agreeing("is", "are") == "is" && 0.agreeing("is", "are") == "are")
    }
}
