"""The OCR itself: rapidocr on onnxruntime, with the models that its wheel ships.

A model is loaded once a process, and kept.
"""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from perfkit.engines._ocr_words import Piece
from perfkit.errors import MissingExtraError

if TYPE_CHECKING:
    import numpy

__all__ = ["is_there", "read_picture"]

#: Lines read with less confidence are no text: dirt, pictures.
_LEAST_CONFIDENCE = 0.3
#: Boxes of less confidence hold the single digits of quantities, which must not be lost.
_BOX_CONFIDENCE = 0.3
#: A picture's longer side in pixels; what is larger is made smaller first.
_LONGEST_SIDE = 6000

_lock = threading.Lock()
_readers: dict[int, Any] = {}


def is_there() -> bool:
    """Whether the extra ``ocr`` is installed."""
    from importlib.util import find_spec

    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read_picture(picture: numpy.ndarray, threads: int) -> list[Piece]:
    """Words in a picture, in no particular order.

    Parameters
    ----------
    picture : array of uint8, rows by columns
        Grey, 0 is black.
    threads : int
        That the model may use; threads of this process take turns with it.

    Raises
    ------
    MissingExtraError
        If rapidocr or onnxruntime is not installed.
    """
    with _lock:
        found = _reader(threads)(picture, return_word_box=True)
    if found.boxes is None or not found.txts:
        return []
    pieces = []
    for line, words in zip(found.boxes, found.word_results, strict=True):
        corners = line.tolist()
        pieces += [
            Piece(word, float(sure), box, corners) for word, sure, box in words if word.strip()
        ]
    return pieces


def _reader(threads: int) -> Any:
    if threads not in _readers:
        try:
            from rapidocr import RapidOCR
        except ImportError as error:
            raise MissingExtraError("rapidocr", "ocr", "Reading scans") from error
        _readers[threads] = RapidOCR(
            params={
                "Global.log_level": "error",
                "Global.use_cls": False,  # pages stand upright: /Rotate is applied
                "Global.text_score": _LEAST_CONFIDENCE,
                "Global.max_side_len": _LONGEST_SIDE,
                "Det.box_thresh": _BOX_CONFIDENCE,
                "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )
    return _readers[threads]


def _after_fork() -> None:
    global _lock
    _lock = threading.Lock()  # another thread may have held it
    _readers.clear()  # the model's own threads are not here


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
