package import Evaluation
internal import Postgres

extension Answers {
    /// Accuracy of each class that has evaluated images, by index.
    package func classAccuracies(of run: RunID) throws -> [ClassAccuracy] {
        try rows(
            "SELECT class, class_name, images, top1_correct, top5_correct FROM class_accuracy WHERE run_id = $1 ORDER BY class",
            [.int64(run.rawValue)]
        ).map { row in
            ClassAccuracy(
                label: try row.int("class"), name: try row.textIfPresent("class_name"), images: try row.int("images"),
                top1Correct: try row.int("top1_correct"), top5Correct: try row.int("top5_correct"))
        }
    }

    /// The confusion matrix's cells that are not zero, by label and prediction.
    package func confusion(of run: RunID) throws -> [ConfusionCell] {
        try rows(
            "SELECT label, predicted, images FROM confusion WHERE run_id = $1 ORDER BY label, predicted", [.int64(run.rawValue)]
        ).map { ConfusionCell(label: try $0.int("label"), predicted: try $0.int("predicted"), images: try $0.int("images")) }
    }

    /// The classes that are most often taken for each other.
    package func confusedPairs(of run: RunID, limit: Int) throws -> [ConfusedPair] {
        try rows(
            """
            SELECT class, class_name, other, other_name, images, class_as_other, other_as_class FROM confused_pairs
            WHERE run_id = $1 ORDER BY images DESC, class, other LIMIT $2
            """, [.int64(run.rawValue), .int(limit)]
        ).map { row in
            ConfusedPair(
                label: try row.int("class"), name: try row.textIfPresent("class_name"), other: try row.int("other"),
                otherName: try row.textIfPresent("other_name"), images: try row.int("images"), asOther: try row.int("class_as_other"),
                otherAsClass: try row.int("other_as_class"))
        }
    }

    /// Which mistakes are the worst.
    package enum MistakeOrder: String, Sendable, CaseIterable {
        /// Those with the largest margin between the first and the second class: the most confident.
        case margin
        /// Those whose label came last.
        case place
    }

    /// The worst mistakes of a run.
    package func mistakes(of run: RunID, by order: MistakeOrder, limit: Int) throws -> [Mistake] {
        let ordering = order == .margin ? "margin DESC, ordinal" : "label_place DESC, margin DESC, ordinal"
        return try rows(
            """
            SELECT ordinal, path, label, label_name, label_place, margin, top5, scores, top5_names FROM mistakes
            WHERE run_id = $1 ORDER BY \(ordering) LIMIT $2
            """, [.int64(run.rawValue), .int(limit)]
        ).map { row in
            let (labels, scores, names) = (try row.ints("top5"), try row.doubles("scores"), try row.texts("top5_names"))
            return Mistake(
                ordinal: try row.int("ordinal"), path: try row.text("path"), label: try row.int("label"),
                labelName: try row.textIfPresent("label_name"), labelPlace: try row.int("label_place"), margin: try row.double("margin"),
                top5: zip(zip(labels, names), scores).map { Mistake.Rank(label: $0.0, name: $0.1, score: $1) })
        }
    }
}
