import Evaluation
import Testing

@Suite struct ShardTests {
    @Test(arguments: [(500, 16), (1, 256), (256, 256), (257, 256), (50_000, 256)])
    func `shards cover every image once, in order`(images: Int, size: Int) {
        let ranges = ShardRange.cut(images: images, size: size)
        #expect(ranges.flatMap { Array($0.ordinals) } == Array(0..<images))
        #expect(ranges.allSatisfy { $0.imageCount > 0 && $0.imageCount <= size })
    }

    @Test func `a small data set is cut small enough to share, a large one is not cut to dust`() {
        #expect(RunPlan.defaultShardSize(images: 1) == 1)
        #expect(RunPlan.defaultShardSize(images: 500) == 15)
        #expect(RunPlan.defaultShardSize(images: 50_000) == 256)
    }
}
