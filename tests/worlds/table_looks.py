"""How the tests of uploaded tables look at a file: its profile, its rows, or the one line that refuses it."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from core.data.profile import Profile
from core.data.profiling import take_profile
from core.errors import DataError
from tests.worlds.people import quiet

Rows = list[tuple[str, ...]]
TABLE = b"name,score\nAnn,1\nBob,2\n"


@pytest.fixture
def look(tmp_path: Path) -> Callable[[bytes], tuple[Profile, Rows]]:
    """The profile and all rows of a file with this content. Its name says nothing."""

    def at(content: bytes) -> tuple[Profile, Rows]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        (folder / "out").mkdir(parents=True)
        (folder / "upload").write_bytes(content)
        profile = take_profile(folder / "upload", "people", folder / "out", quiet)
        columns = pq.read_table(folder / "out" / "table.parquet").to_pydict()
        return profile, list(zip(*columns.values(), strict=True))

    return at


Look = Callable[[bytes], tuple[Profile, Rows]]


def refusal(look: Look, content: bytes) -> str:
    """The one line that refuses a file."""
    with pytest.raises(DataError) as refused:
        look(content)
    assert "\n" not in str(refused.value)
    return str(refused.value)


def remarks(profile: Profile) -> str:
    """What was odd about a table."""
    return "; ".join(oddity.text for oddity in profile.oddities)


def zipped(*files: tuple[str, bytes]) -> bytes:
    """A zip of these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return content.getvalue()
