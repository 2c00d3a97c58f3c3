"""Signs addresses of arrival as Prolific does for workspaces that have it, and publishes the key for it."""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from crowd.simulated.prolific.state import SimulatedProlific

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

#: Where the keys stand, for everybody.
PATH = "/.well-known/study/jwks.json"
_ISSUER, _LIVES_S = "https://www.prolific.com", 120


def keys(prolific: SimulatedProlific) -> dict[str, Any]:
    """The JSON Web Key Set with the public key."""
    return {"keys": [{**_key(prolific).as_dict(private=False), "key_ops": ["verify"]}]}


def signed(prolific: SimulatedProlific, place: str) -> str:
    """The address with a token in it, whose claims are the address, the session and all parameters."""
    from joserfc import jwt

    parameters, now = dict(parse_qsl(urlsplit(place).query)), int(prolific.clock())
    claims = {
        "iss": _ISSUER,
        "aud": place,
        "sub": parameters.get("SESSION_ID"),
        "iat": now,
        "exp": now + _LIVES_S,
        "prolific": {**parameters, "workspace_id": prolific.workspace_id},
    }
    key = _key(prolific)
    token = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)
    return f"{place}{'&' if parameters else '?'}prolific_token={token}"


def _key(prolific: SimulatedProlific) -> "RSAKey":
    """The account's key, made when it is needed; another one after a restart, as keys change there too."""
    from joserfc.jwk import RSAKey

    with prolific.lock:
        if prolific.signing_key is None:
            prolific.signing_key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        made: RSAKey = prolific.signing_key
        return made
