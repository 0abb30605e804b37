"""Which engines ask a service, and which are known to read files."""

from __future__ import annotations

import pytest

from perfkit import plugins
from perfkit.engines import _service
from perfkit.recipe import Recipe


@pytest.mark.parametrize("name", plugins.names("engines"))
def test_an_engine_asks_a_service_if_and_only_if_it_says_so(name):
    says = getattr(plugins.load("engines", name), "ASKS_A_SERVICE", False)
    assert _service.asks_a_service(Recipe(engine=name)) == says
