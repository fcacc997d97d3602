internal import Diagnostics
package import Evaluation
internal import Postgres

extension Answers {
    /// A run's accuracy by each of its data set's further labels, by name.
    package func labelSetAccuracies(of run: RunID) throws -> [LabelSetAccuracy] {
        try rows(
            "SELECT label_set, images, top1_correct, top5_correct FROM label_set_accuracy WHERE run_id = $1 ORDER BY label_set",
            [.int64(run.rawValue)]
        ).map { row in
            LabelSetAccuracy(
                name: try row.text("label_set"), images: try row.int("images"), top1Correct: try row.int("top1_correct"),
                top5Correct: try row.int("top5_correct"))
        }
    }
}
