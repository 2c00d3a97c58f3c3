"""Estimates for questions with options of which one or several are ticked: shares of the answers."""
