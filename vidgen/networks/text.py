"""The text encoder: a caption as the vector of the scene that it says, learned from the grammar's phrasings."""

import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.captions.attributes import FIELDS, Field
from vidgen.captions.parsing import words_of
from vidgen.captions.scene import MOST_OBJECTS

#: Word pieces are runs of this many characters.
_PIECE = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class TextEncoderConfig:
    """Sizes of the text encoder."""

    #: Vectors of word pieces, which are found by hashing: there is no list of words.
    pieces: int = 1024
    width: int = 96
    heads: int = 4
    #: Distances between the words that each convolution joins.
    dilations: tuple[int, ...] = (1, 2, 4)
    #: Times that the slots look at the words.
    looks: int = 2
    #: Words of a caption that are read; the rest is left out.
    words: int = 48


class TextEncoder(nn.Module):
    """Reads a caption with convolutions, and finds by attention what it says of each object and of the whole clip.

    A word is the sum of the vectors of its pieces (Bojanowski et al. 2017, doi:10.1162/tacl_a_00051), so that a word
    that was never seen resembles those that share its parts. Each object of the scene, and the clip, has a slot, which
    looks at the words and at the other slots.
    """

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.pieces = nn.EmbeddingBag(config.pieces, width, mode="sum")
        self.places = nn.Parameter(0.1 * torch.randn(config.words, width))
        self.joins = nn.ModuleList(
            nn.Conv1d(width, width, 3, padding=distance, dilation=distance) for distance in config.dilations
        )
        self.slots = nn.Parameter(torch.randn(MOST_OBJECTS + 1, width) / width**0.5)
        self.looks = nn.ModuleList(Look(width, config.heads) for _ in range(config.looks))
        self.objects = nn.Linear(width, sum(len(field.values) for field in FIELDS if field.place == 0))
        self.clip = nn.Linear(width, sum(len(field.values) for field in FIELDS if field.place is None))

    def forward(self, texts: list[str]) -> Tensor:
        """The logits `(batch, SCENE_SIZE)` of the scenes that captions say, in the order of `FIELDS`."""
        words, empty = self._words(texts)
        there = (~empty).to(words.dtype)[:, None]
        read = (words + self.places[: words.shape[1]]).mT * there
        for join in self.joins:
            read = read + F.relu(join(read)) * there
        slots = self.slots.expand(len(texts), -1, -1)
        for look in self.looks:
            slots = look(slots, torch.cat([read.mT, slots], 1), F.pad(empty, (0, slots.shape[1])))
        return torch.cat([self.objects(slots[:, :-1]).flatten(1), self.clip(slots[:, -1])], 1)

    def scenes(self, texts: list[str]) -> Tensor:
        """The scenes that captions say, as probabilities `(batch, SCENE_SIZE)`; 0 for objects that there are not."""
        logits = self(texts)
        chances = torch.cat([logits[:, field.start : field.stop].softmax(1) for field in FIELDS], 1)
        number = next(field for field in FIELDS if field.name == "objects")
        count = chances[:, number.start : number.stop].argmax(1) + 1
        there = torch.ones_like(chances)
        for field in FIELDS:
            if field.place is not None:
                there[:, field.start : field.stop] = (field.place < count).to(chances.dtype)[:, None]
        return chances * there

    def _words(self, texts: list[str]) -> tuple[Tensor, Tensor]:
        """The vectors of words `(batch, words, width)`, and which places are empty, `(batch, words)`."""
        split = [(words_of(text) or ["."])[: self.config.words] for text in texts]
        longest = max(map(len, split))
        flat: list[int] = []
        starts: list[int] = []
        for words in split:
            for word in words:
                starts.append(len(flat))
                flat += pieces_of(word, self.config.pieces)
        device = self.slots.device
        vectors = self.pieces(torch.tensor(flat, device=device), torch.tensor(starts, device=device))
        parts = vectors.split([len(words) for words in split])
        empty = torch.tensor([[place >= len(words) for place in range(longest)] for words in split], device=device)
        return nn.utils.rnn.pad_sequence(cast(list[Tensor], list(parts)), batch_first=True), empty


class Look(nn.Module):
    """Slots look at a context, and change by what they see."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.change = nn.Sequential(nn.Linear(width, 2 * width), nn.ReLU(), nn.Linear(2 * width, width))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(2))

    def forward(self, slots: Tensor, context: Tensor, ignored: Tensor) -> Tensor:
        """`(batch, slots, width)`, looking at `(batch, places, width)` where `ignored` `(batch, places)` is false."""
        seen = self.attention(slots, context, context, key_padding_mask=ignored, need_weights=False)[0]
        slots = self.norms[0](slots + seen)
        changed: Tensor = self.norms[1](slots + self.change(slots))
        return changed


@lru_cache(maxsize=4096)
def pieces_of(word: str, count: int) -> tuple[int, ...]:
    """The numbers of a word's pieces: of the word as a whole, and of every run of three of its characters."""
    edged = f"<{word}>"
    pieces = {edged, *(edged[start : start + _PIECE] for start in range(len(edged) - _PIECE + 1))}
    return tuple(sorted(zlib.crc32(piece.encode()) % count for piece in pieces))


def value_of(vector: Tensor, field: Field) -> str | int | None:
    """The likeliest value of an attribute in the vector `(SCENE_SIZE,)` of a scene."""
    return field.values[int(vector[field.start : field.stop].argmax())]
