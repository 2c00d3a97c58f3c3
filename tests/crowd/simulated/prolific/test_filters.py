"""Who is eligible for a study.

Sources: https://docs.prolific.com/api-reference/filters and participant-groups.
"""

import httpx

from crowd.simulated.prolific import RunningProlific
from tests.crowd.simulated.prolific.researcher import create, enter, publish, someone


def count(api: httpx.Client, *filters: dict[str, object]) -> int:
    """How many are eligible."""
    return int(api.post("eligibility-count/", json={"filters": list(filters)}).json()["count"])


def test_everybody_is_eligible_without_filters(service: RunningProlific, api: httpx.Client) -> None:
    """An empty list of filters leaves nobody out."""
    assert count(api) == len(service.prolific.participants) == 300


def test_filters_are_met_together(service: RunningProlific, api: httpx.Client) -> None:
    """Ranges include their ends, selections are any of theirs, and several filters hold together."""
    pool = [one.traits for one in service.prolific.participants.values()]
    young = {"filter_id": "age", "selected_range": {"lower": 18, "upper": 40}}
    there = {"filter_id": "current-country-of-residence", "selected_values": ["0", "2"]}
    assert count(api, young) == sum(18 <= one["age"] <= 40 for one in pool)
    assert count(api, there) == sum(one["current-country-of-residence"] in "02" for one in pool)
    both = sum(18 <= one["age"] <= 40 and one["current-country-of-residence"] in "02" for one in pool)
    assert count(api, young, there) == both


def test_fewer_than_25_are_none(service: RunningProlific, api: httpx.Client) -> None:
    """A small count is answered as 0."""
    people = list(service.prolific.participants)
    assert count(api, {"filter_id": "custom_allowlist", "selected_values": people[:24]}) == 0
    assert count(api, {"filter_id": "custom_allowlist", "selected_values": people[:25]}) == 25


def test_filters_describe_themselves(api: httpx.Client) -> None:
    """Each filter has a type, and those that select have choices or a type of their ids."""
    for one in api.get("filters/").json()["results"]:
        assert one["type"] in ("select", "range")
        assert one["data_type"]


def test_earlier_participants_can_be_left_out(service: RunningProlific, api: httpx.Client) -> None:
    """Whoever has a submission in an earlier study is not eligible for one that blocks it."""
    study_id = publish(api)
    enter(service, study_id)
    assert count(api, {"filter_id": "previous_studies_blocklist", "selected_values": [study_id]}) == 299


def test_group_members_come_and_go(service: RunningProlific, api: httpx.Client) -> None:
    """A group is read when somebody wants in; adding a member again changes nothing, nor removing a stranger."""
    body = {"workspace_id": service.prolific.workspace_id, "name": "seen", "participant_ids": [someone(service, 0)]}
    group = api.post("participant-groups/", json=body).json()
    path = f"participant-groups/{group['id']}/participants/"
    blocked = {"filter_id": "participant_group_blocklist", "selected_values": [group["id"]]}
    assert (group["participant_count"], count(api, blocked)) == (1, 299)
    both = {"participant_ids": [someone(service, 0), someone(service, 1)]}
    assert len(api.post(path, json=both).json()["results"]) == 2
    assert count(api, blocked) == 298
    strangers = {"participant_ids": [someone(service, 1), someone(service, 2)]}
    assert len(api.request("DELETE", path, json=strangers).json()["results"]) == 1
    assert [one["name"] for one in api.get("participant-groups/").json()["results"]] == ["seen"]
    assert api.delete(f"participant-groups/{group['id']}/").status_code == 204
    assert api.get("participant-groups/").json()["results"] == []


def test_a_study_tells_how_many_are_eligible(api: httpx.Client) -> None:
    """The study carries the count of its own filters."""
    young = {"filter_id": "age", "selected_range": {"upper": 40}}
    shown = api.get(f"studies/{create(api, filters=[young])}/").json()
    assert shown["eligible_participant_count"] == count(api, young) < shown["total_participant_pool"]
