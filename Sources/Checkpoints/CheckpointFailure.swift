package import Diagnostics

extension Failure.Code {
    /// The file is not there, is not a regular file, or may not be read.
    package static let checkpointUnreadable = Failure.Code("checkpoint.unreadable")
    /// The file could not be created, filled or renamed.
    package static let checkpointUnwritable = Failure.Code("checkpoint.unwritable")
    /// The file's bytes are of no format this program knows.
    package static let checkpointUnrecognized = Failure.Code("checkpoint.unrecognized")
    /// The format is known, but uses something that is not supported; another way of saving helps.
    package static let checkpointUnsupported = Failure.Code("checkpoint.unsupported")
    /// The file ends before its own structure does.
    package static let checkpointTruncated = Failure.Code("checkpoint.truncated")
    /// The file contradicts itself or its format.
    package static let checkpointMalformed = Failure.Code("checkpoint.malformed")
    /// The pickle names a Python function that would run code.
    package static let checkpointForbiddenGlobal = Failure.Code("checkpoint.forbidden-global")
    /// The tensors are not those of a network that is known or described.
    package static let checkpointMismatch = Failure.Code("checkpoint.mismatch")
    /// Weights hold NaN or infinity, or a variance is negative.
    package static let checkpointInvalidValue = Failure.Code("checkpoint.invalid-value")
}

/// What the failures of one file have in common: its name stands at the beginning of every message.
struct FailureContext: Sendable {
    /// The file as the user named it.
    let fileName: String

    func malformed(_ reason: String, file: String = #fileID, line: Int = #line) -> Failure {
        Failure(
            .checkpointMalformed, "\(fileName): \(reason)", remedy: "Get or save the file again; it is damaged or was made to mislead.",
            file: file, line: line)
    }

    func truncated(_ reason: String, file: String = #fileID, line: Int = #line) -> Failure {
        Failure(
            .checkpointTruncated, "\(fileName): \(reason)", remedy: "Copy or download the file again and compare its size.", file: file,
            line: line)
    }

    /// What `torch.save(model)` leaves: an object whose weights its own code must give out.
    func wholeModule(_ className: String, under key: String?, file: String = #fileID, line: Int = #line) -> Failure {
        unsupported(
            "the file holds a whole module of class \(quoted(className))\(key.map { " under \(quoted($0))" } ?? "") and not its state dict",
            remedy: "Where you trust the file, load it with the code that made it, and save the weights: "
                + "torch.save({'model': model.state_dict()}, path).",
            file: file, line: line)
    }

    func unsupported(_ reason: String, remedy: String, file: String = #fileID, line: Int = #line) -> Failure {
        Failure(.checkpointUnsupported, "\(fileName): \(reason)", remedy: remedy, file: file, line: line)
    }
}

/// Text from a file, made fit for an error message: quoted, at most 80 characters, control characters replaced.
func quoted(_ text: some StringProtocol) -> String {
    let limit = 80
    var result = "'"
    for (count, scalar) in text.unicodeScalars.enumerated() {
        if count == limit {
            result += "…"
            break
        }
        let isPrintable = scalar.properties.generalCategory != .control && scalar.properties.generalCategory != .format
        result.unicodeScalars.append(isPrintable ? scalar : "\u{FFFD}")
    }
    return result + "'"
}
