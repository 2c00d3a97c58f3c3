"""Which rules of the analysis were declared before the answers came in, in words."""

from typing import Any

from analysis.formats import listed, plain


def post_hoc(plan: dict[str, Any]) -> list[str]:
    """Which rules were not declared before the answers came in."""
    if plan["declared"] and not plan["intact"]:
        return ["Post hoc: the published plan was changed after publication."]
    changed = [
        f"{row['key']} is {plain(row['now'])}, published was {plain(row['published'])}" for row in plan["post_hoc"]
    ]
    if changed:
        more = f"; and {len(changed) - 3} more" if len(changed) > 3 else ""
        return [f"Post hoc: {'; '.join(changed[:3])}{more}."]
    if plan["chosen"] and not plan["declared"]:
        return [f"Chosen for this analysis, not declared before collection: {listed(plan['chosen'])}."]
    return []


def undeclared(plan: dict[str, Any]) -> str:
    """What is said of rules that nobody declared."""
    if plan["chosen"]:
        return (
            f"This report uses the rules chosen for this analysis ({listed(plan['chosen'])}) and the defaults for all "
            "others. Whether they were chosen before the answers were seen is not recorded."
        )
    if not plan["default"]:
        return "This report uses the rules of the study file. When they were chosen is not recorded."
    return "This report uses the default rules, which do not depend on the answers."
