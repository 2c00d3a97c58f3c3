"""Moving objects: SVG drawings composited at sub-pixel positions into short clips, for any seed, in any number."""
