"""What is said of prediction-powered estimates."""

from analysis.formats import equals, listed, number
from analysis.records.contents import ReportContents
from analysis.records.machine import MachineHelp, PoweredEstimate


def narrower(row: PoweredEstimate) -> str:
    """How much narrower the interval with the machine is than that of people alone; a dash where neither is known."""
    if row.relative_width is None:
        return "–"
    saved = round(100 * (1 - row.relative_width))
    return "as wide" if not saved else f"{abs(saved)} % {'narrower' if saved > 0 else 'wider'}"


def sampling(contents: ReportContents, found: MachineHelp) -> str:
    """What the machine's scores say of whether videos with answers are a random sample."""
    known = [row for row in found.methods if row.p_sampling is not None]
    if not known:
        return "Nothing in the scores tells whether videos with answers are a random sample."
    each = listed([f"{row.name} {equals(row.p_sampling)}" for row in known[:5]]) + (" …" if len(known) > 5 else "")
    others = number(sum(row.n_others for row in found.methods))
    return f"Does the machine score videos with answers like the {others} others, as in a random sample? {each}."
