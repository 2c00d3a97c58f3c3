"""Estimates for the question whether a sentence about a video is true."""
