internal import Evaluation
internal import EvaluationStore
internal import Pages

/// Forms that steer. They are hidden from viewers that have not signed in, and refused from them anyway.
enum Forms {
    /// - Parameter thing: what it is done to, for those who do not see the button's surroundings.
    /// - Parameter isAsked: whether a browser asks again before it is done.
    static func button(_ title: String, _ path: String, of thing: String, isAsked: Bool = false) -> Markup {
        let question: Markup = isAsked ? " data-confirm=\"\(title) \(thing)?\"" : ""
        return """
            <form class="steer" method="post" action="\(path)"\(question)><button aria-label="\(title) \(thing)">\(title)</button></form>
            """
    }

    static func deadLetter(_ title: String, _ verb: String, _ letter: DeadShard) -> Markup {
        """
        <form class="steer" method="post" action="/runs/\(letter.run)/dead-letters/\(verb)">\
        <input type="hidden" name="shards" value="\(letter.shard)">\
        <button aria-label="\(title) shard \(letter.shard) of run \(letter.run)">\(title)</button></form>
        """
    }

    /// What can be done to a run in its state.
    static func run(_ run: RunOverview) -> Markup {
        guard !run.state.isTerminal else { return "" }
        let thing = "run \(run.run)"
        let turn = run.state == .running ? ("Pause", "pause") : ("Resume", "resume")
        return """
            \(button(turn.0, "/runs/\(run.run)/\(turn.1)", of: thing))\(button("Cancel", "/runs/\(run.run)/cancel", of: thing, isAsked: true))
            <form class="steer" method="post" action="/runs/\(run.run)/priority">
            <label>Priority <input name="priority" type="number" min="-1000" max="1000" value="\(run.priority)" required></label>
            <button>Set</button></form>
            """
    }
}
