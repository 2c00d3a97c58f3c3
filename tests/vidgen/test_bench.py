"""The record of measurements, as JSON holds it and as a page; `tests/cli/test_bench_gpu.py` has the command."""

import torch

from vidgen.bench import as_markdown, record
from vidgen.profiling import Speed

CPU = torch.device("cpu")


def test_a_record_says_what_was_measured_where():
    """Date, hardware and versions stand in it, and the page says which seconds are extrapolated."""
    common = {"preset": "full", "networks": "C3D and TempCAE, untrained", "gflop_per_video": 7.6e6, "peak_gb": 12.3}
    long = Speed(method="a:paper", batch=64, steps=50_000, measured_steps=200, seconds_per_video=31.25, tflops=243.0,
                 captured=True, **common)  # fmt: skip
    short = Speed(method="b", batch=8, steps=24, measured_steps=24, seconds_per_video=0.5, tflops=1.5,
                  captured=False, **common)  # fmt: skip
    kept = record([long, short], CPU)
    assert kept["versions"]["torch"] == torch.__version__
    assert kept["hardware"]["device"]
    assert [speed["extrapolated"] for speed in kept["speeds"]] == [True, False]
    page = as_markdown(kept)
    assert kept["date"] in page.splitlines()[0]
    assert "| `a:paper` | `full` | C3D and TempCAE, untrained | 64 | 50,000 | 31.2 * | 7,600,000 | 243 |" in page
    assert "Extrapolated; steps timed: `a:paper` 200 of 50,000." in page
    assert "Not to be trusted" not in page
    assert "Not to be trusted: wrong." in as_markdown({**kept, "doubt": "wrong"})
