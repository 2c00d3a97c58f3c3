"""What the text encoder learns from: scenes in the grammar's phrasings, roughened as people write."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from vidgen.captions.attributes import FIELDS, encoded_scene
from vidgen.captions.grammar import caption
from vidgen.captions.parsing import words_of
from vidgen.captions.words import ARTICLES
from vidgen.dataset.captioned import sample_scene
from vidgen.networks.text import TextEncoder

#: Fraction of the captions that are roughened, and in these of the words that are.
ROUGHENED, SHARE = 0.3, 0.1
#: What people put before a description.
OPENINGS = ("a video of", "a clip of", "we see", "show", "animation of", "please show", "in this video ,")


@dataclass(frozen=True, slots=True)
class CaptionBatch:
    """Captions and the vectors `(batch, SCENE_SIZE)` of their scenes."""

    texts: list[str]
    scenes: Tensor


def caption_batch(rng: np.random.Generator, size: int, split: str) -> CaptionBatch:
    """Captions of random scenes, none of which has a combination that is held out; `split` is not used."""
    scenes = [sample_scene(rng) for _ in range(size)]
    texts = [caption(scene, rng) for scene in scenes]
    texts = [roughened(text, rng) if rng.random() < ROUGHENED else text for text in texts]
    return CaptionBatch(texts, torch.from_numpy(np.stack([encoded_scene(scene) for scene in scenes])))


def roughened(text: str, rng: np.random.Generator) -> str:
    """The caption with an opening, without some articles and marks, and with slips of the pen."""
    words = words_of(text)
    kept = [word for word in words if rng.random() > (0.5 if word in (*ARTICLES, ",", ".") else 0.0)]
    slipped = [_slip(word, rng) if len(word) > 4 and rng.random() < SHARE else word for word in kept]
    opening = str(rng.choice(OPENINGS)) if rng.random() < 0.5 else ""
    return f"{opening} {' '.join(slipped)}".strip()


def _slip(word: str, rng: np.random.Generator) -> str:
    """The word with a letter left out, doubled, or exchanged with the next."""
    place = int(rng.integers(1, len(word) - 1))
    kinds = (
        word[:place] + word[place + 1 :],
        word[:place] + word[place] + word[place:],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
    )
    return kinds[int(rng.integers(3))]


def reading_loss(encoder: TextEncoder, batch: CaptionBatch, generator: torch.Generator) -> Tensor:
    """Cross-entropy of every attribute of the objects that there are, and of the clip; `generator` is not used."""
    logits, scenes = encoder(batch.texts), batch.scenes.to(generator.device)
    losses = []
    for field in FIELDS:
        wanted = scenes[:, field.start : field.stop]
        losses.append(-(wanted * F.log_softmax(logits[:, field.start : field.stop], 1)).sum(1))
    return torch.stack(losses, 1).sum(1).mean()


def reading_accuracy(encoder: TextEncoder, *, captions: int = 512) -> float:
    """Fraction of new captions, of held-out combinations, of which every attribute is read."""
    rng = np.random.default_rng(13)
    scenes = [sample_scene(rng, unseen=True) for _ in range(captions)]
    with torch.no_grad():
        read = encoder.scenes([caption(scene, rng) for scene in scenes])
    wanted = torch.from_numpy(np.stack([encoded_scene(scene) for scene in scenes])).to(read.device)
    return float(((read > 0.5) == (wanted > 0.5)).all(1).float().mean())
