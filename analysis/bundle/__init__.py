"""The release of a study: a public bundle without what identifies people, which gives the study's report again."""
