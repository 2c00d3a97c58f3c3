"""`make bench`: every benchmark at a size that fits a coffee break; each module takes options for more."""

import subprocess
import sys

#: Module and arguments.
BENCHMARKS: dict[str, list[str]] = {
    "benchmarks.dataset": [],
    "benchmarks.generation": ["--rounds", "1", "--videos", "11"],
    "benchmarks.training": ["--rounds", "1", "--until", "0"],
    "benchmarks.publishing": ["--rounds", "1"],
}


def main() -> None:
    """Run each in a process of its own."""
    for module, arguments in BENCHMARKS.items():
        print(f"\n{module} {' '.join(arguments)}", flush=True)
        subprocess.run([sys.executable, "-m", module, *arguments], check=True)


if __name__ == "__main__":
    main()
