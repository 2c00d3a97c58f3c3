import torch

from vidgen.networks.tracks import separated


def moving(rows, columns):
    """A block of 3×3 places whose middle takes the given rows and columns, on a grid of 12×16: one clip of one kind."""
    places = torch.zeros(1, len(rows), 1, 12, 16)
    for t, (row, column) in enumerate(zip(rows, columns, strict=True)):
        places[0, t, 0, row - 1 : row + 2, column - 1 : column + 2] = 0.9
    return places


def test_objects_that_cross_are_separated():
    """Two that pass each other in opposite directions are parts of their own; together the parts are the whole."""
    right, left = moving([4] * 6, [2, 4, 6, 8, 10, 12]), moving([8] * 6, [13, 11, 9, 7, 5, 3])
    whole = torch.maximum(right, left)
    parts = separated(whole, 2)
    assert torch.equal(sum(parts), whole)
    assert {torch.equal(part, right) for part in parts} == {True, False}
    assert {torch.equal(part, left) for part in parts} == {True, False}


def test_kinds_and_clips_are_separated_alone():
    """What is found of another kind or in another clip changes nothing."""
    one, other = moving([4] * 6, [2, 4, 6, 8, 10, 12]), moving([2, 3, 4, 5, 6, 7], [8] * 6)
    both = torch.cat([torch.cat([one, other], 2), torch.cat([other, one], 2)])
    first = separated(both, 2)[0]
    assert torch.equal(first[:1, :, :1], separated(one, 2)[0])
    assert torch.equal(first[1:, :, :1], separated(other, 2)[0])
