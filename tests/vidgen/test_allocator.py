import subprocess
import sys

import pytest

from vidgen.allocator import peak_memory_bytes


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's allocator is Linux's")
def test_the_allocator_is_tuned_in_a_process_of_its_own():
    """The settings are taken (by glibc) or refused without harm (by other C libraries), and torch works with them."""
    script = "from vidgen.allocator import tune_allocator as tune; import torch; print(tune(), sum(torch.ones(10)))"
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert said[0] in ("True", "False")
    assert said[1] == "tensor(10.)"


def test_the_allocator_needs_no_torch():
    """Processes that only write videos do not load it."""
    script = "import sys, vidgen.allocator, vidgen.dataset.files; print('torch' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "False\n"
    )


def test_the_peak_is_in_bytes():
    """Python alone takes some megabytes; a system without the figure says 0."""
    assert peak_memory_bytes() == 0 if sys.platform == "win32" else 5e6 < peak_memory_bytes() < 1e12
