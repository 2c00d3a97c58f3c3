"""Speed, memory and error rates, measured as ratios taken side by side in one run."""
