"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from theory.errors import BadData


@contextmanager
def whole_file(path: str | Path, *, new: bool = False) -> Iterator[BinaryIO]:
    """A stream whose content is the file once the block ends, and nothing when it ends in an error or is interrupted.

    It is written beside the file, under another name, and moved into place.  A link keeps pointing where it does, and what is no regular
    file, such as /dev/stdout, is written to.
    Args: path (its folder must exist); new (a file that is there is left as it is).
    Raises: BadData (it cannot be written), FileExistsError (with `new`, it is there).

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_file(Path(folder) / "a.txt") as stream:
    ...         _ = stream.write(b"half")
    ...         before = os.path.exists(Path(folder) / "a.txt")
    ...     before, os.listdir(folder)
    (False, ['a.txt'])
    """
    target = Path(os.path.realpath(path))
    beside = not target.exists() or target.is_file()
    written = target.with_name(f"{target.name}.{os.getpid()}.part") if beside else target
    try:
        # not mkstemp, whose files are readable by their owner alone
        with written.open("wb") as stream:
            yield stream
        if new:
            os.link(written, target)
        elif beside:
            os.replace(written, target)
    except OSError as error:
        if isinstance(error, FileExistsError) and new:
            raise
        raise BadData(f"{path} cannot be written ({error.strerror or error}); give a folder that exists and can be written") from error
    finally:
        if beside:
            written.unlink(missing_ok=True)
