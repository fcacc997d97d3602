internal import Dispatch
internal import Foundation

/// Calls a handler for each SIGINT, SIGTERM and SIGHUP (a closed terminal), with how many came so far, instead of ending the process. A SIGHUP
/// that was ignored when the program started, as under nohup, stays so.
final class TerminationSignals: @unchecked Sendable {
    private let queue = DispatchQueue(label: "signals")
    private var sources: [any DispatchSourceSignal] = []
    private var count = 0

    init(_ handler: @escaping @Sendable (_ signal: Int32, _ count: Int) -> Void) {
        for number in [SIGINT, SIGTERM, SIGHUP] where number != SIGHUP || !Self.isIgnored(SIGHUP) {
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { [unowned self] in
                count += 1
                handler(number, count)
            }
            source.resume()
            sources.append(source)
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        return sigaction(number, nil, &action) == 0 && unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}
