"""The record of each study's calls to its platform, and of the money that they may cost."""
