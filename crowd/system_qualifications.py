"""Ids of the qualifications that Mechanical Turk defines, and that platforms which speak its protocol grant."""

#: Percentage of a worker's assignments that were approved.
PERCENT_APPROVED = "000000000000000000L0"
#: How many of a worker's assignments were approved.
NUMBER_APPROVED = "00000000000000000040"
#: Where a worker lives.
LOCALE = "00000000000000000071"
#: Whether a worker may see adult content.
ADULT = "00000000000000000060"
#: Whether a worker is a Master, in production and in the sandbox; asking for Masters costs extra.
MASTERS = frozenset({"2F1QJWKUDD8XADTFD2Q0G6UTO95ALH", "2ARFPLSP75KLA8M8DH1HTEQVJT3SY6"})
