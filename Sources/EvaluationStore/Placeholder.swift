/// EvaluationStore
