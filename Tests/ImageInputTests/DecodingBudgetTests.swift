import Foundation
import ImageInput
import Synchronization
import Testing

@Suite("Memory of images being decoded")
struct DecodingBudgetTests {
    private struct Taken {
        var bytes = 0
        var images = 0
        var most = 0
        var company = 0
    }

    @Test("Many threads take no more than the budget together, and an image beyond it is decoded alone")
    func shared() {
        let budget = DecodingBudget(bytes: 100)
        let state = Mutex(Taken())
        DispatchQueue.concurrentPerform(iterations: 200) { number in
            let bytes = number % 10 == 0 ? 150 : 20 + number % 3 * 15
            var share = budget.share()
            share.take(bytes)
            state.withLock { taken in
                taken.bytes += bytes
                taken.images += 1
                if bytes > 100 { taken.company = max(taken.company, taken.images - 1) } else { taken.most = max(taken.most, taken.bytes) }
            }
            Thread.sleep(forTimeInterval: 0.0001)
            state.withLock { taken in
                taken.bytes -= bytes
                taken.images -= 1
            }
        }
        state.withLock { taken in
            #expect(taken.most <= 100 && taken.company == 0, "\(taken)")
            #expect(taken.bytes == 0)
        }
    }
}
