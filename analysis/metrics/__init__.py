"""Metric validation: what an automatic metric of videos has to do with what people say of them."""
