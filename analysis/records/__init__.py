"""What report.json holds: one frozen dataclass per section, and `ReportContents` for the whole file.

The records hold plain values alone (texts, numbers, lists, dictionaries and other records), so that they can be written
as JSON and read back. `analysis/schemas/report.schema.json` is generated from them.
"""
