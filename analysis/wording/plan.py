"""Which rules of the analysis were declared before the answers came in, in words."""

from typing import Any

from analysis.formats import listed, plain
from analysis.records.plan import PlanSummary


def post_hoc(plan: PlanSummary) -> list[str]:
    """Which rules were not declared before the answers came in."""
    if plan.declared and not plan.intact:
        return ["Post hoc: the published plan was changed after publication."]
    changed = [f"{row.key} is {plain(row.now)}, published was {plain(row.published)}" for row in plan.post_hoc]
    if changed:
        more = f"; and {len(changed) - 3} more" if len(changed) > 3 else ""
        return [f"Post hoc: {'; '.join(changed[:3])}{more}."]
    if plan.chosen and not plan.declared:
        return [f"Chosen for this analysis, not declared before collection: {listed(plan.chosen)}."]
    return []


def undeclared(plan: PlanSummary) -> str:
    """The sentence on rules that were not declared before collection."""
    if plan.chosen:
        return (
            f"This report uses the rules chosen for this analysis ({listed(plan.chosen)}) and the defaults for all "
            "others. Whether they were chosen before the answers were seen is not recorded."
        )
    if not plan.default:
        return "This report uses the rules of the study file. When they were chosen is not recorded."
    return "This report uses the default rules, which do not depend on the answers."


def registered(plan: PlanSummary) -> str:
    """Which document registered the plan; empty without one."""
    found = plan.registered
    if found is None:
        return ""
    other = "" if found.of_this_plan else "; it does not name the hash of the published plan"
    return f"The plan was registered in {found.name} (SHA-256 {found.sha256}){other}."


def promised(plan: PlanSummary) -> str:
    """Whether what participants saw and were paid has changed since publication; empty where nothing was published."""
    found = plan.promised
    if found is None:
        return ""
    if not found.recorded:
        return (
            "What participants saw and were paid was not kept at publication, which an earlier release did: whether it "
            "was changed is not known."
        )
    return " ".join(broken_promises(plan)) or "What participants saw and were paid is unchanged since publication."


def broken_promises(plan: PlanSummary) -> list[str]:
    """Known changes since publication in what participants saw or were paid, each a sentence."""
    found = plan.promised
    if found is None:
        return []
    said = []
    if not found.intact:
        said.append("What participants saw and were paid no longer has its hash: it was changed after publication.")
    if found.changes:
        keys = listed([change.key for change in found.changes])
        said.append(f"The study file has changed since publication in what participants saw or were paid: {keys}.")
    if len(found.pages) > 1:
        releases = listed([version.release for version in found.pages])
        said.append(f"Tasks were published with {len(found.pages)} versions of the pages (vidgen {releases}).")
    return said


def term(value: Any) -> str:
    """One of the terms in words: texts as they are, an empty one or an empty list as a dash."""
    if isinstance(value, dict):
        return ", ".join(f"{key} = {text}" for key, text in value.items()) or "–"
    return plain(value or None) if isinstance(value, list | str) else str(value)
