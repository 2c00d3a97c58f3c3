"""Signed arrivals: where the workspace has it, Prolific adds to each address of arrival a token that it signs (RS256).

Source: https://docs.prolific.com/api-reference/well-known-endpoints/get-study-jwks
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from crowd.recruiters.protocol import VisitError

#: The parameter of the address, and where the service has the keys.
TOKEN, KEYS_PATH = "prolific_token", "/.well-known/study/jwks.json"
ISSUER = "https://www.prolific.com"
#: How far this computer's clock may be from the service's, in seconds.
_TOLERANCE_S = 300.0


def fresh_until(token: str, ids: Mapping[str, str], *, session: str, keys: Mapping[str, Any], join_url: str) -> float:
    """Until when an address of arrival lets somebody begin, in seconds since the epoch; Prolific's live two minutes.

    Args:
        token: what Prolific signed.
        ids: the parameters of the address that must have been signed, by name.
        session: the visit's id, which is among them.
        keys: the service's public keys, as a JSON Web Key Set (RFC 7517).
        join_url: the address that the study has at Prolific.

    Raises:
        VisitError: it is not signed by one of the keys, or is about another visit or another server.
    """
    claims = _claims(token, keys)
    audiences = claims.get("aud")
    hosts = {urlsplit(str(one)).netloc for one in (audiences if isinstance(audiences, list) else [audiences])}
    if claims.get("iss") != ISSUER or urlsplit(join_url).netloc not in hosts:
        raise VisitError(f"{TOKEN} was made by or for somebody else: {claims.get('iss')!r}, {audiences!r}")
    told = claims.get("prolific")
    if claims.get("sub") != session or not isinstance(told, dict) or any(told.get(one) != ids[one] for one in ids):
        raise VisitError(f"the ids of the address are not those that {TOKEN} has")
    expires = claims.get("exp")
    if not isinstance(expires, int | float):
        raise VisitError(f"{TOKEN} does not say until when it holds")
    return expires + _TOLERANCE_S


def _claims(token: str, keys: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the token says, once its signature is checked."""
    try:
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet
    except ModuleNotFoundError as error:
        raise VisitError("signed arrivals need joserfc: `pip install 'crowd-video-evaluation[prolific]'`") from error
    try:
        return jwt.decode(token, KeySet.import_key_set({"keys": list(keys.get("keys", []))}), ["RS256"]).claims
    except (JoseError, ValueError) as error:
        raise VisitError(
            f"{TOKEN} is missing, or not signed by a known key ({error}); `vidgen recruit` fetches the present keys"
        ) from error
