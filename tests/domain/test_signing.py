"""The secrets that webhook calls are signed with: new ones take over, former ones sign along for a while."""

from base64 import b64decode

from gateway.domain import signing
from gateway.domain.model import SigningSecret
from gateway.domain.signing import GRACE_S, PREFIX, SECRETS, new_secret, rotated, valid
from tests.domain.town import HandWound


def test_a_secret_is_one_of_standard_webhooks() -> None:
    stamp = HandWound()
    first, second = new_secret(stamp), new_secret(stamp)
    assert first != second
    assert first.until is None
    assert 24 <= len(b64decode(first.secret.removeprefix(PREFIX), validate=True)) <= 64


def test_the_former_secret_signs_along_until_its_time_is_over() -> None:
    stamp = HandWound()
    first = new_secret(stamp)
    secrets = rotated((first,), stamp, GRACE_S)
    new, former = (it.secret for it in secrets)
    assert former == first.secret
    assert valid(secrets, stamp.at + GRACE_S * 1000 - 1) == (new, former)
    assert valid(secrets, stamp.at + GRACE_S * 1000) == (new,)


def test_without_grace_the_new_secret_signs_alone() -> None:
    stamp = HandWound()
    (only,) = rotated((new_secret(stamp),), stamp, 0)
    assert valid((only,), stamp.at) == (only.secret,)


def test_a_secret_that_ends_sooner_is_given_no_more_time() -> None:
    stamp = HandWound()
    secrets = rotated((new_secret(stamp),), stamp, 60)
    _, first, second = rotated(secrets, stamp, GRACE_S)
    assert (first.until, second.until) == (stamp.at + GRACE_S * 1000, stamp.at + 60_000)


def test_what_has_ended_is_let_go() -> None:
    stamp = HandWound()
    secrets = rotated((new_secret(stamp),), stamp, 60)
    stamp.wind(60)
    assert [it.secret for it in rotated(secrets, stamp, GRACE_S)][1:] == [secrets[0].secret]


def test_few_secrets_sign_at_a_time() -> None:
    stamp = HandWound()
    secrets: tuple[SigningSecret, ...] = ()
    for _ in range(SECRETS + 3):
        secrets = rotated(secrets, stamp, signing.LONGEST_GRACE_S)
    assert len(secrets) == SECRETS
    assert [it.until is None for it in secrets] == [True] + [False] * (SECRETS - 1)
