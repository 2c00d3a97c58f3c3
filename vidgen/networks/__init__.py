"""The networks: C3D, the temporal convolutional auto-encoders, the judge, and their checkpoints.

Videos are `(batch, channels, frames, height, width)` float tensors in [0, 1] throughout; the background of the
moving-objects dataset is white, 1.
"""
