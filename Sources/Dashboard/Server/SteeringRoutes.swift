internal import Diagnostics
internal import Evaluation
internal import EvaluationStore
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Reports

/// What changes something: each does what the `evalctl` command of its name does. ``AccessMiddleware`` lets only signed-in requests come here.
struct SteeringRoutes: Sendable {
    let watch: FleetWatch

    private struct Done: Encodable {
        var done: String
    }

    func add(to router: Router<DashboardContext>) {
        for (name, command) in [("pause", RunState.Command.pause), ("resume", .resume), ("cancel", .cancel)] {
            router.post("runs/:run/\(name)") { request, context in
                let run = try DashboardRoutes.run(context)
                _ = try await RequestForm(request)
                let state = try await watch.perform { store in
                    try store.queue.steer(run, command)
                    return try store.queue.run(run).state
                }
                return try answer("run \(run) is \(state.rawValue)", request, context, backTo: "/runs/\(run)")
            }
        }
        router.post("runs/:run/priority") { request, context in
            let run = try DashboardRoutes.run(context)
            let priority = try await RequestForm(request).int("priority", in: -1000...1000)
            try await watch.perform { store in
                _ = try store.queue.run(run)
                try store.queue.setPriority(of: run, to: priority)
            }
            return try answer("run \(run) has priority \(priority)", request, context, backTo: "/runs/\(run)")
        }
        router.post("workers/:worker/drain") { request, context in
            let text = context.parameters.get("worker") ?? ""
            _ = try await RequestForm(request)
            guard let worker = Int64(text), worker > 0 else {
                throw Failure(.notFound, "there is no worker \(text.prefix(40))", remedy: "a worker is a number; / lists the workers")
            }
            try await watch.perform { try $0.queue.requestDrain(of: worker) }
            return try answer("worker \(worker) is asked to drain", request, context, backTo: "/")
        }
        router.post("runs/:run/dead-letters/:verb") { request, context in try await deadLetters(request, context) }
    }

    private func deadLetters(_ request: Request, _ context: DashboardContext) async throws -> Response {
        let run = try DashboardRoutes.run(context)
        let shards = try await RequestForm(request).ints("shards")
        let text: String
        let count: Int
        switch context.parameters.get("verb") {
        case "retry":
            count = try await watch.perform { try $0.queue.retryDead(run, shards: shards) }
            text = "\(count.counted("image")) of run \(run) \(count.agreeing("is", "are")) tried again"
        case "drop":
            count = try await watch.perform { try $0.queue.dropDead(run, shards: shards) }
            text = "\(count.counted("dead shard")) of run \(run) \(count.agreeing("is", "are")) off the list"
        default: throw HTTPProblem.noPage(request.uri.path)
        }
        guard count > 0 else {
            throw Failure(.notFound, "none of these shards of run \(run) was given up", remedy: "/dead-letters lists what was")
        }
        return try answer(text, request, context, backTo: "/dead-letters")
    }

    /// For a person the page again, for a program what was done.
    private func answer(_ text: String, _ request: Request, _ context: DashboardContext, backTo path: String) throws -> Response {
        context.logger.notice("steered over HTTP: \(text)")
        return request.wantsPage ? .redirect(to: path) : .json(try renderJSON(Done(done: text)))
    }
}
