"""The text encoder."""

import torch

from vidgen.captions.attributes import FIELDS, SCENE_SIZE
from vidgen.networks import checkpoints
from vidgen.networks.text import TextEncoder, TextEncoderConfig, pieces_of

TEXTS = ["a small red car drives left", "two fish swim up", "three big stars circle while a cat walks right"]


def tiny() -> TextEncoder:
    """An untrained encoder."""
    encoder = (
        checkpoints.build("text-encoder", TextEncoderConfig(pieces=64, width=16, heads=2)).eval().requires_grad_(False)
    )
    assert isinstance(encoder, TextEncoder)
    return encoder


def test_a_caption_does_not_depend_on_its_batch() -> None:
    """Alone it has the same vector as beside longer captions."""
    encoder = tiny()
    together = encoder(TEXTS)
    assert together.shape == (3, SCENE_SIZE)
    for text, vector in zip(TEXTS, together, strict=True):
        assert torch.allclose(encoder([text])[0], vector, atol=1e-5)


def test_attributes_are_distributions() -> None:
    """Those of objects that there are sum to 1, of others to 0, and those of the clip always to 1."""
    scenes = tiny().scenes(TEXTS)
    number = next(field for field in FIELDS if field.name == "objects")
    for scene in scenes:
        count = int(scene[number.start : number.stop].argmax()) + 1
        for field in FIELDS:
            total = float(scene[field.start : field.stop].sum())
            assert abs(total - (field.place is None or field.place < count)) < 1e-5


def test_similar_words_share_pieces() -> None:
    """A word with a slip of the pen shares more pieces with the word than another word does."""
    right, slip, other = (set(pieces_of(word, 10_000)) for word in ("balloon", "baloon", "bicycle"))
    assert len(right & slip) > len(right & other)


def test_an_empty_text_and_a_long_one_are_read() -> None:
    """Nothing is said, or too much."""
    assert tiny()(["", "car " * 100]).isfinite().all()
