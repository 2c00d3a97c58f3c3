"""What answers to a rating question show: means, opinion scores of single videos, and models of the points."""
