/// How pages look: on screen by day and night, and on paper. Figures take their colours from the same variables.
enum StyleSheet {
    static var rules: String {
        let day = "    \(variables(day: true))\n"
        let night = "    \(variables(day: false))\n"
        return """
            :root {
            \(day)}
            @media screen and (prefers-color-scheme: dark) { :root {
            \(night)} }
            * { box-sizing: border-box; }
            body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
            main { max-width: 1120px; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
            h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; overflow-wrap: anywhere; }
            h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); }
            h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
            p { margin: .4rem 0; max-width: 75ch; }
            a { color: var(--s0); }
            nav { margin: 1rem 0 0; display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .9rem; }
            .warning { border-left: 4px solid var(--s1); padding: .3rem .8rem; background: var(--soft); font-weight: 600; }
            .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(170px, 1fr)); gap: .6rem; margin: 1rem 0; }
            .tile { background: var(--soft); border-radius: 6px; padding: .6rem .8rem; }
            .tile b { display: block; font-size: 1.25rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
            .tile span { display: block; font-size: .8rem; color: var(--dim); }
            .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 1rem 1.5rem; align-items: start; }
            .pair > * { min-width: 0; }
            figure { margin: 0 0 1rem; }
            figure svg { display: block; width: 100%; height: auto; }
            figcaption { font-size: .85rem; color: var(--dim); margin: .2rem 0 .4rem; }
            .note { font-size: .85rem; color: var(--dim); }
            figcaption b { color: var(--ink); }
            details { font-size: .9rem; margin: .3rem 0; }
            summary { cursor: pointer; color: var(--dim); }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; margin: .3rem 0; }
            caption { text-align: left; color: var(--dim); padding: .2rem 0; }
            th, td { text-align: left; padding: .15rem .8rem .15rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
            thead th { border-bottom: 2px solid var(--line); color: var(--dim); font-weight: 600; white-space: nowrap; }
            tbody th { font-weight: 400; overflow-wrap: break-word; max-width: 24em; }
            .number { text-align: right; white-space: nowrap; }
            .facts { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .4rem 0; font-size: .9rem; }
            .facts dt { color: var(--dim); }
            .facts dd { margin: 0; overflow-wrap: anywhere; }
            code, .facts code { font: .85em ui-monospace, "DejaVu Sans Mono", monospace; }
            .gallery { display: grid; grid-template-columns: repeat(auto-fill, minmax(165px, 1fr)); gap: 1rem .9rem; margin: .6rem 0; padding: 0; list-style: none; }
            .gallery li { font-size: .8rem; line-height: 1.35; overflow-wrap: anywhere; }
            .gallery img, .gallery .missing { display: block; width: 100%; max-width: 224px; height: auto; aspect-ratio: 1; border-radius: 4px; margin-bottom: .3rem; background: var(--soft); }
            .gallery .missing { aspect-ratio: auto; padding: .5rem .6rem; color: var(--dim); border: 1px dashed var(--line); overflow: hidden; }
            .gallery .name { color: var(--dim); display: block; }
            .pixels { image-rendering: pixelated; }
            .fields { display: flex; flex-wrap: wrap; gap: .8rem 1.2rem; align-items: start; }
            .fields figure { margin: 0; max-width: 100%; }
            .fields img { display: block; max-width: 100%; image-rendering: pixelated; }
            .small-multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: .5rem 1.2rem; }
            td svg { display: block; width: 120px; height: 20px; }
            svg text { font: 11px system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; fill: var(--ink); }
            svg .small { font-size: 9.5px; }
            svg .dim { fill: var(--dim); }
            svg .axis { stroke: var(--ink); stroke-width: 1; fill: none; }
            svg .grid { stroke: var(--line); stroke-width: 1; fill: none; }
            svg .whisker { stroke: var(--ink); stroke-width: 1; fill: none; }
            svg .mark { stroke: var(--dim); stroke-width: 1; stroke-dasharray: 4 3; fill: none; }
            svg .none { fill: var(--soft); }
            svg .own { fill: var(--line); }
            \(seriesRules)\(levelRules)@media screen and (max-width: 48rem) {
            figure { overflow-x: auto; }
            figure > .narrow { min-width: 30rem; }
            figure > .wide { min-width: 52rem; }
            thead th { white-space: normal; }
            th, td { padding-right: .5rem; }
            }
            @media print {
            @page { margin: 14mm; }
            :root { font-size: 12px; }
            body { font-size: 9.5pt; }
            main { max-width: none; padding: 0; }
            nav, summary { display: none; }
            h2 { break-after: avoid; }
            figcaption, h3, h3 + .note, caption { break-after: avoid; break-inside: avoid; }
            svg, .tile, .gallery li, .fields figure, tr { break-inside: avoid; }
            .pair { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
            .gallery { grid-template-columns: repeat(6, 1fr); }
            .scroll { overflow: visible; }
            table { font-size: 7.5pt; }
            .pair table { font-size: 6pt; }
            .small-multiples { grid-template-columns: repeat(3, 1fr); }
            .fields { gap: .4rem; }
            th, td { padding-right: .5rem; }
            .tile, svg, img { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
            details.long { display: none; }
            details::details-content { content-visibility: visible; block-size: auto; }
            a { color: inherit; text-decoration: none; }
            }

            """
    }

    /// Okabe and Ito's palette, which colour-blind people can tell apart; lighter ones by night.
    private static let series = (
        day: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a6a00", "#666666"],
        night: ["#56b4e9", "#f08a3c", "#2fc79b", "#e39cc4", "#f0b429", "#8fd0f5", "#f0e442", "#aaaaaa"]
    )

    private static func variables(day: Bool) -> String {
        let colors = (day ? series.day : series.night).enumerated().map { "--s\($0): \($1);" }.joined(separator: " ")
        let levels = (0..<HeatColor.levels).map { "--h\($0): \(HeatColor.level($0, day: day));" }.joined(separator: " ")
        let rest =
            day
            ? "--paper: #ffffff; --ink: #1a1c1f; --dim: #5a6068; --line: #d9dce1; --soft: #f2f4f7; --low-ink: #1a1c1f; --high-ink: #ffffff;"
            : "--paper: #14171a; --ink: #e6e8eb; --dim: #a3abb5; --line: #3a4048; --soft: #20252b; --low-ink: #ffffff; --high-ink: #14171a;"
        return "\(rest) \(colors) \(levels)"
    }

    private static var seriesRules: String {
        series.day.indices.map { index in
            "svg .f\(index) { fill: var(--s\(index)); } svg .l\(index) { stroke: var(--s\(index)); stroke-width: 2; fill: none; } "
                + "svg .b\(index) { fill: var(--s\(index)); fill-opacity: .18; }\n"
        }.joined()
    }

    private static var levelRules: String {
        (0..<HeatColor.levels).map { "svg .h\($0) { fill: var(--h\($0)); }\n" }.joined()
            + "svg .on-low { fill: var(--low-ink); } svg .on-high { fill: var(--high-ink); }\n"
    }
}
