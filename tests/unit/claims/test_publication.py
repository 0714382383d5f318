"""The folder of configuration, templates and static files."""

import pytest

from archiver.errors import ArchiveError
from claims.publication import publication_folder
from tests.publication_fixture import ROOT


def test_the_folder_is_found_in_the_package_or_else_in_the_checkout(tmp_path):
    package, checkout = tmp_path / "_publication", tmp_path / "datasette"
    checkout.mkdir()
    (checkout / "metadata.yaml").touch()
    assert publication_folder((package, checkout)) == checkout
    package.mkdir()
    (package / "metadata.yaml").touch()
    assert publication_folder((package, checkout)) == package


def test_a_folder_that_is_nowhere_is_told(tmp_path):
    with pytest.raises(ArchiveError, match=r"metadata\.yaml is in none of") as caught:
        publication_folder((tmp_path,))
    assert "install the package again" in caught.value.hint


def test_the_folder_of_the_checkout_is_configuration_and_no_package():
    folder = ROOT / "datasette"
    assert publication_folder() == folder
    assert list(folder.rglob("*.py")) == []
