"""What the one who runs these tests gives: keys and ids of accounts of theirs, in the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from channels.base import Account
from channels.registry import needed_secrets


@dataclass(frozen=True, slots=True)
class Keys:
    """The variables of one module: those it ``needs``, and those by which it ``may`` do more."""

    needs: Mapping[str, str]
    may: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        """One that is needed, or one that may be given; without the latter the test is not run."""
        value = os.environ.get(name, "")
        if not value:
            pytest.skip(f"{name} is not set: {self.may[name]}")
        return value

    def all_there(self) -> None:
        """Every variable that is needed, or a failure that names what is not."""
        missing = [f"  {name}  {meaning}" for name, meaning in self.needs.items() if not os.environ.get(name)]
        if missing:
            pytest.fail("\n".join(["not set in the environment:", *missing]), pytrace=False)

    def account(self, channel: str, external_id: str) -> Account:
        """An account as ``channels connect`` would store it: the channel says which variables hold its secrets."""
        needed = needed_secrets()[channel]
        more = {secret: variable for secret, variable in needed.optional_account.items() if os.environ.get(variable)}
        return Account(external_id, {secret: self[variable] for secret, variable in {**needed.account, **more}.items()})


def chosen(name: str, default: str) -> str:
    """A variable that has a default, such as the address of an API."""
    return os.environ.get(name) or default
