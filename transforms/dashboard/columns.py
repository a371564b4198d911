"""A column as its distinct texts and a code per row, so that work is done once per text, not once per row."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

NUMBER = "^[+-]?([0-9]{1,30}([.][0-9]{0,30})?|[.][0-9]{1,30})([eE][+-]?[0-9]{1,2})?$"  # numbers that cannot overflow
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class TextColumn:
    """``texts``: distinct and sorted, no blanks; ``codes``: index of each row's text, -1 for a blank."""

    texts: pa.Array
    codes: npt.NDArray[np.int32]

    @cached_property
    def numbers(self) -> pa.Array:
        """The distinct texts as numbers; null for a text that is not a number. ``-0`` is 0."""
        texts = pc.if_else(pc.match_substring_regex(self.texts, NUMBER), self.texts, pa.scalar(None, pa.string()))
        return pc.add(texts.cast(pa.float64()), 0.0)  # databases take -0.0 for 0.0, but print it differently

    def rows_of(self, texts: pa.Array | Mask, blank: bool = False) -> Mask:
        """Return the rows whose text is marked in a mask over ``texts``; ``blank`` marks rows without a text."""
        marked = texts if isinstance(texts, np.ndarray) else texts.to_numpy(zero_copy_only=False)
        return np.append(marked, blank)[self.codes]

    def any_marked(self, texts: pa.Array, blank: bool) -> bool:
        """Return True if some row may be marked: by a marked text, or as a blank if blanks are marked."""
        return bool(pc.any(texts).as_py()) or (blank and bool((self.codes < 0).any()))

    def as_text(self, rows: npt.NDArray[np.intp]) -> pa.DictionaryArray:
        """Return the rows as coded text."""
        codes = self.codes[rows]
        return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), self.texts)

    def as_number(self, rows: npt.NDArray[np.intp], kind: pa.DataType) -> pa.Array:
        """Return the rows as numbers of a kind. All their texts must be numbers; other rows may have any text."""
        codes = self.codes[rows]
        numbers = self.numbers
        if pa.types.is_integer(kind):
            low, high = np.iinfo(kind.to_pandas_dtype()).min, np.iinfo(kind.to_pandas_dtype()).max
            fits = pc.and_(pc.greater_equal(numbers, low), pc.less_equal(numbers, high))
            numbers = pc.round(pc.if_else(fits, numbers, pa.scalar(None, pa.float64()))).cast(kind)
        return numbers.take(pa.array(codes, mask=codes < 0))

    def at(self, row: int) -> str | None:
        """Return the text of one row."""
        code = int(self.codes[row])
        return None if code < 0 else str(self.texts[code])


def blank_column(rows: int) -> TextColumn:
    """Return a column that the file does not have."""
    return TextColumn(pa.array([], pa.string()), np.full(rows, -1, np.int32))


def text_column(
    column: pa.ChunkedArray, *, upper: bool = False, lower: bool = False, aliases: dict[str, str] | None = None
) -> TextColumn:
    """Return texts without blanks around them, optionally in one case, and with aliases replaced.

    Empty texts and '*' are blank.
    """
    coded = _coded(column)
    texts = pc.utf8_trim(coded.dictionary, " ")
    texts = pc.utf8_upper(texts) if upper else pc.utf8_lower(texts) if lower else texts
    if aliases:
        texts = pa.array([aliases.get(t, t) for t in texts.to_pylist()], pa.string())
    # Not a constant: pa.array imports pandas, which a night without changes does not need.
    texts = pc.if_else(pc.is_in(texts, pa.array(["", "*"])), pa.scalar(None, pa.string()), texts).dictionary_encode()
    order = pc.sort_indices(texts.dictionary).to_numpy()
    place = np.append(np.argsort(order), -1).astype(np.int32)  # the last is for blanks
    codes = np.append(place[pc.fill_null(texts.indices, -1).to_numpy()], np.int32(-1))
    return TextColumn(texts.dictionary.take(pa.array(order)), codes[pc.fill_null(coded.indices, -1).to_numpy()])


def _coded(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return one array over one dictionary."""
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return column.unify_dictionaries().combine_chunks()
