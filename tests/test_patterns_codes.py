"""Product codes of any text: ordered, unique, exactly those of the plain pattern."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

import perfkit
from perfkit.errors import ParameterError
from perfkit.patterns.codes import find_all_reference

ENGINES = ("standard", "numpy")
#: Codes, nearly codes, glue and look-alikes: Cyrillic, full-width, Arabic digits, a surrogate.
PIECES = st.sampled_from(
    "XS9826A CF1234 DA0001 NET3000 XS98261 xs9826a XS982 A X 9 _ - . \u0421\u04259826\u0410 "
    "\uff38\uff339826 XS\u0661\u0662\u0663\u0664 \ud800 \u017f \u212a XS9826AB XS9826aa".split()
)
TEXTS = st.lists(st.one_of(PIECES, st.sampled_from(["", " ", "\n", ",", "\t"])), max_size=60).map(
    "".join
)


@pytest.mark.parametrize("engine", ENGINES)
@given(text=st.one_of(TEXTS, st.text(max_size=80)))
def test_the_codes_are_those_of_the_plain_pattern(engine, text):
    found = perfkit.OptimizedProductCodeSearch(engine).find_all_product_codes(text)
    assert found == find_all_reference(text)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_long_text_is_searched_over_the_edges_of_its_blocks(engine):
    text = "".join(
        f"AB{n % 7919:04d}{'' if n % 3 else 'C'}{' ' * (n % 5 + 1)}" for n in range(99999)
    )
    found = perfkit.OptimizedProductCodeSearch(engine).find_all_product_codes(text)
    assert found == find_all_reference(text)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_rare_code_is_found_in_a_long_text(engine):
    text = "the quick brown fox " * 20_000 + "NXS9826A XS9826A xXS9827A" + " lazy dog" * 20_000
    assert perfkit.OptimizedProductCodeSearch(engine).find_all_product_codes(text) == ["XS9826A"]


@given(text=TEXTS, size=st.integers(1, 9), as_bytes=st.booleans())
def test_a_stream_cut_anywhere_gives_the_same_codes(text, size, as_bytes):
    search = perfkit.OptimizedProductCodeSearch()
    chunks: list[str] | list[bytes] = [text[at : at + size] for at in range(0, len(text), size)]
    if as_bytes:
        whole = text.encode("utf-8", "surrogatepass")
        chunks = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert list(search.iter_product_codes(chunks)) == find_all_reference(text)


def test_an_open_file_is_read_chunk_by_chunk():
    search, text = perfkit.OptimizedProductCodeSearch(), "XS9826A, CF1234 and XS9826A\n" * 50
    for file in (io.StringIO(text), io.BytesIO(text.encode())):
        assert list(search.iter_product_codes(file, chunk_size=7)) == ["XS9826A", "CF1234"]


def test_column_order_text_keeps_its_codes():
    text = "XS9826A\nXS9482\nCF1234\n191009727774\n191009714712\n24\n12"
    found = perfkit.OptimizedProductCodeSearch().find_all_product_codes(text)
    assert found == ["XS9826A", "XS9482", "CF1234"]


def test_what_is_no_text_is_refused():
    with pytest.raises(ParameterError, match="text is needed"):
        perfkit.OptimizedProductCodeSearch().find_all_product_codes(b"XS9826A")  # type: ignore[arg-type]
    with pytest.raises(ParameterError):
        list(perfkit.OptimizedProductCodeSearch().iter_product_codes([3]))  # type: ignore[arg-type]


def test_an_unknown_engine_names_the_nearest():
    with pytest.raises(ParameterError, match="numpy"):
        perfkit.OptimizedProductCodeSearch("numpi")  # type: ignore[arg-type]
