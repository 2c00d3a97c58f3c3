"""What was decided and sent, once each, and the money that it may cost."""
