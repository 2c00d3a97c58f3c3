"""Free text: listed by method and video, for people to read and to code later."""
