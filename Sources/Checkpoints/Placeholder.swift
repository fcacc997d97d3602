/// Checkpoints
