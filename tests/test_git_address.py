"""Which addresses of git repositories are taken, and what is said of each that is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exportmanager.core.errors import BadSource
from exportmanager.sources.git_address import checked_address, is_inside

TAKEN = {
    "https://git.example.org/teacher/course.git": ("https://git.example.org/teacher/course.git", "course"),
    "  https://Git.Example.org/teacher/course/ ": ("https://git.example.org/teacher/course", "course"),
    "https://git.example.org:443/c": ("https://git.example.org/c", "c"),
    "https://git.example.org.:8443/c": ("https://git.example.org:8443/c", "c"),
    "HTTPS://git.example.org/a%20b.git": ("https://git.example.org/a%20b.git", "a b"),
    "https://git.example.org/kursträger": ("https://git.example.org/kurstr%C3%A4ger", "kursträger"),
    "https://bücher.example/c": ("https://xn--bcher-kva.example/c", "c"),
    "https://[2a00:1450:4001::1]/c": ("https://[2a00:1450:4001::1]/c", "c"),
    "https://93.184.215.14/c": ("https://93.184.215.14/c", "c"),
    "https://git.example.org/~teacher/c@2": ("https://git.example.org/~teacher/c@2", "c@2"),
}

REFUSED = {
    "": "No address was given",
    "   ": "No address was given",
    "http://git.example.org/c": "http:// is not secure",
    "git://git.example.org/c": "git:// is not secure",
    "ftp://git.example.org/c": "ftp:// is not secure",
    "ssh://git@git.example.org/c": "SSH address",
    "git+ssh://git.example.org/c": "SSH address",
    "git@git.example.org:teacher/c.git": "SSH address",
    "git.example.org:teacher/c.git": "SSH address",
    "file:///home/teacher/c": "a place on this computer",
    "/home/teacher/c": "a place on this computer",
    "./c": "a place on this computer",
    "../c": "a place on this computer",
    "~/c": "a place on this computer",
    "C:\\Users\\teacher\\c": "a place on this computer",
    "C:/Users/teacher/c": "a place on this computer",
    "\\\\server\\share\\c": "a place on this computer",
    "ext::sh -c anything": "Addresses of this kind",
    "s3://bucket/c": "Addresses of this kind",
    "git.example.org/teacher/c": "does not begin with https://",
    "https:/git.example.org/c": "does not begin with https://",
    "https://name:secret@git.example.org/c": "a name or password",
    "https://secret@git.example.org/c": "a name or password",
    "https://@git.example.org/c": "a name or password",
    "https://git.example.org/c?token=secret": "no ? and no #",
    "https://git.example.org/c#main": "no ? and no #",
    "https://git.example.org/a b": "characters that no address has",
    "https://git.example.org/a\nb": "characters that no address has",
    "https://git.example.org/a\u202eb": "characters that no address has",
    "https://git.example.org/a\0": "characters that no address has",
    "https://git.example.org\\@127.0.0.1/c": "characters that no address has",
    f"https://git.example.org/{'c' * 2_000}": "characters that no address has",
    "https://": "names no server",
    "https:///c": "names no server",
    "https://git.example.org": "no repository",
    "https://git.example.org/": "no repository",
    "https://git.example.org/../c": "leads up or nowhere",
    "https://git.example.org/a/%2e%2e/c": "leads up or nowhere",
    "https://git.example.org/a//c": "leads up or nowhere",
    "https://git.example.org:port/c": "not a valid address",
    "https://git.example.org:99999/c": "not a valid address",
    "https://[::1/c": "not a valid address",
    "https://a..b/c": "no valid server",
    "https://git%2eexample.org/c": "no valid server",
    f"https://{'a.' * 200}org/c": "no valid server",
    "https://localhost/c": "inside this network",
    "https://LOCALHOST./c": "inside this network",
    "https://\uff4cocalhost/c": "inside this network",
    "https://gitlab/c": "inside this network",
    "https://git.school.local/c": "inside this network",
    "https://127.0.0.1/c": "inside this network",
    "https://10.1.2.3/c": "inside this network",
    "https://172.31.0.1/c": "inside this network",
    "https://192.168.1.1/c": "inside this network",
    "https://169.254.169.254/latest": "inside this network",
    "https://0.0.0.0/c": "inside this network",
    "https://[::1]/c": "inside this network",
    "https://[::ffff:10.0.0.1]/c": "inside this network",
    "https://[2002:a00:1::]/c": "inside this network",
    "https://[fd00::1]/c": "inside this network",
    "https://[fe80::1%25eth0]/c": "inside this network",
}


@pytest.mark.parametrize("text", TAKEN)
def test_a_public_https_address_is_taken(text: str) -> None:
    address = checked_address(text)
    assert (address.url, address.name) == TAKEN[text]
    assert address.host in address.url
    assert checked_address(address.url) == address


@pytest.mark.parametrize("text", REFUSED)
def test_every_other_address_is_refused_with_a_sentence_that_does_not_repeat_it(text: str) -> None:
    with pytest.raises(BadSource) as refused:
        checked_address(text)
    assert REFUSED[text] in refused.value.what
    assert refused.value.next_step.endswith(".")
    assert "secret" not in f"{refused.value}{refused.value.details}"


def test_an_address_inside_the_network_is_taken_only_where_that_is_asked_for() -> None:
    assert checked_address("https://localhost:8443/c", inside=True).url == "https://localhost:8443/c"


def test_networks_whose_filter_stands_for_the_whole_internet_are_not_inside() -> None:
    assert not is_inside("100.64.0.1")
    assert not is_inside("198.18.0.7")


@given(
    st.text() | st.text().map("https://{}".format) | st.from_regex(r"https://[a-z.@:\[\]0-9%]{1,20}/[a-z/.?#%]{0,9}")
)
def test_any_text_is_either_taken_or_refused(text: str) -> None:
    try:
        address = checked_address(text)
    except BadSource:
        return
    assert address.url.startswith("https://")
    assert not set(address.url) & set("?#\\ \n")
    assert "@" not in address.url.split("/")[2]
    assert checked_address(address.url) == address
