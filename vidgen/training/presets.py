"""Presets: the sizes of the networks, and how long each is trained."""

from dataclasses import dataclass, field

from vidgen.captions.scene import KINDS
from vidgen.networks.attribute_judge import AttributeJudgeConfig
from vidgen.networks.c3d import C3DConfig
from vidgen.networks.coarse_to_fine import CoarseToFineTempCAEConfig
from vidgen.networks.deep_tempcae import DeepTempCAEConfig
from vidgen.networks.judge import JudgeConfig
from vidgen.networks.layered import LayeredTempCAEConfig
from vidgen.networks.prior import ClipPriorConfig
from vidgen.networks.tempcae import TempCAEConfig
from vidgen.networks.text import TextEncoderConfig
from vidgen.training.fit import FitConfig


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """The sizes of the networks, and the settings of the training of each."""

    c3d: C3DConfig
    tempcae: LayeredTempCAEConfig | CoarseToFineTempCAEConfig | TempCAEConfig
    judge: JudgeConfig
    c3d_fit: FitConfig
    #: C3D's first phase, in which its first blocks learn from snippets of four frames; None: there is none.
    snippet_fit: FitConfig | None = None
    #: C3D's last phase, on clips as the auto-encoder decodes them from noise; None: there is none.
    decoded_fit: FitConfig | None = None
    tempcae_fit: FitConfig
    judge_fit: FitConfig
    #: The judge of captioned videos.
    attribute_judge: AttributeJudgeConfig = field(default_factory=AttributeJudgeConfig)
    attribute_fit: FitConfig
    #: The learned prior of the moving objects, and the training of its two flows; None: exemplars are kept instead.
    prior: ClipPriorConfig | None = None
    picture_flow_fit: FitConfig
    code_flow_fit: FitConfig
    #: The text encoder of captions and the learned prior of captioned clips, and their training.
    text: TextEncoderConfig = field(default_factory=TextEncoderConfig)
    text_fit: FitConfig
    scene_prior: ClipPriorConfig = field(default_factory=lambda: ClipPriorConfig(num_classes=len(KINDS)))
    kind_flow_fit: FitConfig
    scene_flow_fit: FitConfig
    #: The auto-encoder of a user's own videos, of whatever kind; its coarse and fine networks are trained in turn.
    any_tempcae: CoarseToFineTempCAEConfig | TempCAEConfig
    outline_fit: FitConfig
    detail_fit: FitConfig
    #: The paper's methods: the robust training of C3D, and the auto-encoders of eqs. 4–5, of one layer and of several.
    robust_fit: FitConfig
    shallow: TempCAEConfig = field(default_factory=TempCAEConfig)
    shallow_fit: FitConfig
    deep: DeepTempCAEConfig = field(default_factory=DeepTempCAEConfig)
    deep_fit: FitConfig


PRESETS: dict[str, Preset] = {
    "compact": Preset(
        c3d=C3DConfig(
            num_classes=12,
            blocks=((8,), (24,), (48, 48), (64, 64), (64, 64)),
            hidden=256,
            shrink=2,
            batch_norm=True,
            dropout=0.1,
        ),
        tempcae=LayeredTempCAEConfig(),
        judge=JudgeConfig(),
        prior=ClipPriorConfig(),
        picture_flow_fit=FitConfig(steps=12_000, batch=64, learning_rate=2e-3, average=0.999),
        code_flow_fit=FitConfig(steps=4000, batch=256, learning_rate=2e-3, average=0.998),
        text_fit=FitConfig(steps=2500, batch=64, learning_rate=3e-3, average=0.99),
        kind_flow_fit=FitConfig(steps=16_000, batch=64, learning_rate=2e-3, average=0.999),
        scene_flow_fit=FitConfig(steps=5000, batch=512, learning_rate=2e-3, average=0.998),
        any_tempcae=CoarseToFineTempCAEConfig(),
        tempcae_fit=FitConfig(steps=1500, batch=16, learning_rate=2e-3, average=0.99),
        outline_fit=FitConfig(steps=1400, batch=16, learning_rate=2e-3, average=0.995),
        detail_fit=FitConfig(steps=500, batch=8, learning_rate=2e-3, average=0.99),
        snippet_fit=FitConfig(steps=400, batch=48, learning_rate=3e-3, average=0.98),
        c3d_fit=FitConfig(steps=600, batch=16, learning_rate=1e-3, average=0.98),
        decoded_fit=FitConfig(steps=450, batch=16, learning_rate=7e-4, average=0.98),
        judge_fit=FitConfig(steps=500, batch=48, learning_rate=3e-3, average=0.98),
        attribute_fit=FitConfig(steps=4000, batch=24, learning_rate=2.5e-3, average=0.99),
        robust_fit=FitConfig(steps=2400, batch=12, learning_rate=5e-4, average=0.99),
        shallow_fit=FitConfig(steps=600, batch=6, learning_rate=3e-3, average=0.99),
        deep_fit=FitConfig(steps=2200, batch=4, learning_rate=1.5e-3, average=0.99),
    ),
    "full": Preset(
        c3d=C3DConfig(num_classes=12),
        tempcae=LayeredTempCAEConfig(exemplars=200, pictures=400, widths=(128, 256, 384)),
        judge=JudgeConfig(),
        prior=ClipPriorConfig(widths=(128, 192, 256), codes=200),
        picture_flow_fit=FitConfig(steps=40_000, batch=256),
        code_flow_fit=FitConfig(steps=20_000, batch=1024),
        text_fit=FitConfig(steps=10_000, batch=256),
        scene_prior=ClipPriorConfig(widths=(128, 192, 256), hidden=512, codes=200, num_classes=len(KINDS)),
        kind_flow_fit=FitConfig(steps=60_000, batch=256),
        scene_flow_fit=FitConfig(steps=20_000, batch=1024),
        any_tempcae=CoarseToFineTempCAEConfig(exemplars=200, coarse=(192, 256, 320), fine=(96, 128)),
        tempcae_fit=FitConfig(steps=40_000, batch=64),
        outline_fit=FitConfig(steps=40_000, batch=32),
        detail_fit=FitConfig(steps=10_000, batch=32),
        c3d_fit=FitConfig(steps=15_000, batch=32, learning_rate=1e-4),
        decoded_fit=FitConfig(steps=8_000, batch=32, learning_rate=1e-4),
        judge_fit=FitConfig(steps=3000, batch=64, learning_rate=2e-3),
        attribute_fit=FitConfig(steps=12_000, batch=64, learning_rate=2e-3),
        robust_fit=FitConfig(steps=20_000, batch=32, learning_rate=1e-4),
        shallow_fit=FitConfig(steps=10_000, batch=32),
        deep=DeepTempCAEConfig(widths=(96, 192, 288)),
        deep_fit=FitConfig(steps=40_000, batch=32),
    ),
}


def find_preset(name: str) -> Preset:
    """The preset of that name.

    Raises:
        ValueError: no such preset; the message lists the known ones.
    """
    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}; known presets: {', '.join(PRESETS)}")
    return PRESETS[name]
