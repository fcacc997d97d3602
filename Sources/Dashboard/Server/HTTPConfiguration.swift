internal import Diagnostics
package import Telemetry

/// Where and for whom a program serves HTTP.
package struct HTTPConfiguration: Sendable {
    package var address: HTTPAddress
    /// Without one nobody can steer, and nothing but loopback is served.
    package var token: HTTPToken?
    /// Connections at a time; for more, some of those that ask nothing are closed.
    package var connections = 512
    /// Requests that are answered at a time, probes aside; more are refused.
    package var requests = 256
    /// Of them, requests of one address.
    package var requestsPerAddress = 192
    /// Seconds that a request's head may take, and again its body.
    package var requestSeconds = 10
    /// Streams of changes at a time; more are refused.
    package var streams = 128
    /// Seconds after which a connection is closed on which nothing happens, or whose reader takes nothing.
    package var idleSeconds = 30
    /// Between two polls of the database while a page is open, and between two events of a stream.
    package var interval = Duration.milliseconds(500)

    /// - Throws: `http.token` where the address is not loopback and there is no token.
    package init(address: HTTPAddress, token: HTTPToken?) throws {
        guard address.isLoopback || token != nil else {
            throw Failure(
                .httpToken, "\(address) can be reached from other machines, and there is no token that opens it",
                remedy: "set EVALCTL_HTTP_TOKEN or give --http-token-file FILE, or serve on 127.0.0.1")
        }
        self.address = address
        self.token = token
    }
}

/// Something a program needs, and whether it is there.
package struct ReadinessCheck {
    package var name: String
    /// Throws where it is not there; may block for a few seconds.
    package var check: () throws -> Void

    package init(_ name: String, _ check: @escaping () throws -> Void) {
        self.name = name
        self.check = check
    }
}

/// What every program tells of itself.
package struct ProgramStatus: Sendable {
    package var metrics: MetricsRegistry
    package var pulses: LoopPulses
    /// Labels of `evalctl_build_info`.
    package var build: [MetricLabel]
    /// Makes the checks of `/readyz`, on the thread that alone will call them.
    package var makeChecks: @Sendable () throws -> [ReadinessCheck]

    package init(
        metrics: MetricsRegistry, pulses: LoopPulses, build: [MetricLabel],
        makeChecks: @escaping @Sendable () throws -> [ReadinessCheck]
    ) {
        self.metrics = metrics
        self.pulses = pulses
        self.build = build
        self.makeChecks = makeChecks
    }
}
