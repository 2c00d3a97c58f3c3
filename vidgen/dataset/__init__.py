"""The moving-objects dataset: short clips of SVG drawings, composited at sub-pixel positions; any number, any seed."""
