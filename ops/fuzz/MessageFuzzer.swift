import Evaluation

/// Any bytes give a message that is written as it is read, or a `Failure`.
func fuzzMessage(_ input: [UInt8]) {
    guard let message = try? JobMessage.decode(input) else { return }
    precondition((try? JobMessage.decode(message.encoded())) == message, "a message that was read is not read again")
}
