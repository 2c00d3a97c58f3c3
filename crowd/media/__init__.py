"""The places that participants' browsers load the videos from: the platform itself, or S3."""
