"""Training: the loop, the batches, a loss per network, presets of sizes and schedules."""
