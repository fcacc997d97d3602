import Foundation

/// Bytes that images being decoded may take together, over all threads of the program: a thread whose image would go beyond waits for others
/// to be done. An image beyond the whole budget is decoded alone.
package final class DecodingBudget: @unchecked Sendable {
    /// A quarter of the machine's memory, and 512 MiB at least.
    static let shared = DecodingBudget(bytes: max(512 << 20, Int(clamping: ProcessInfo.processInfo.physicalMemory / 4)))

    let bytes: Int
    private let condition = NSCondition()
    private var taken = 0

    package init(bytes: Int) {
        self.bytes = bytes
    }

    /// A share without bytes yet; what it takes is given back when it goes out of use.
    package func share() -> DecodingShare { DecodingShare(self) }

    fileprivate func take(_ count: Int) {
        condition.lock()
        while taken > 0, taken + count > bytes { condition.wait() }
        taken += count
        condition.unlock()
    }

    fileprivate func giveBack(_ count: Int) {
        condition.lock()
        taken -= count
        condition.broadcast()
        condition.unlock()
    }
}

/// What one image has of the budget.
package struct DecodingShare: ~Copyable {
    private let budget: DecodingBudget
    private var taken = 0

    fileprivate init(_ budget: DecodingBudget) {
        self.budget = budget
    }

    deinit {
        if taken > 0 { budget.giveBack(taken) }
    }

    /// Waits until there is room for `count` bytes. Once an image: a second time could wait for what others hold who wait as well.
    package mutating func take(_ count: Int) {
        precondition(taken == 0, "an image takes its bytes at once")
        budget.take(count)
        taken = count
    }
}
