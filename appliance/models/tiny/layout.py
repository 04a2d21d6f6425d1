"""What the tokens of a prompt are: the question, and the sentences of numbered passages. The exported graph does the same.

A sentence ends at a full stop before white space, at a Chinese full stop and at the end of a line. Passages stand between
fences, each below a line with its number and title; the question is the first line of the user's message.
"""

import re
from dataclasses import dataclass

import numpy as np

from template import ASSISTANT, FENCE, USER


class Tables:
    """What each token is, by its id: arrays of as many numbers as there are tokens."""

    def __init__(self, tokenizer):
        self.size = tokenizer.get_vocab_size()
        self.texts = [tokenizer.decode([token], skip_special_tokens=False) for token in range(self.size)]
        self.newline = self._holding(lambda text: "\n" in text)
        self.stop = self._holding(lambda text: text in (".", "!", "?"))
        self.full_stop = self._holding(lambda text: text in ("。", "！", "？"))
        self.spaced = self._holding(lambda text: text[:1].isspace())
        self.blank = self._holding(lambda text: text == " ")
        self.fence = self._holding(lambda text: text == FENCE)
        self.chinese = self._holding(lambda text: bool(re.search("[\u4e00-\u9fff]", text)))
        if self.fence.sum() != 1:
            raise ValueError("the fence of passages must be one token")

    def _holding(self, holds) -> np.ndarray:
        return np.array([holds(text) for text in self.texts], np.float32)


@dataclass
class Parsed:
    """`question` are positions. `sentence` and `heading` have a number for each position: that of the sentence, and of
    the passage that the position is the heading of, or -1. `passage` has the passage of each sentence, from 0."""

    question: np.ndarray
    sentence: np.ndarray
    heading: np.ndarray
    passage: np.ndarray


def parse(ids, tables: Tables) -> Parsed:
    ids = np.asarray(ids)
    positions = np.arange(len(ids))
    user, answer = positions[ids == USER].max(), positions[ids == ASSISTANT].max()
    before = positions < answer
    newline, fence = tables.newline[ids] > 0, tables.fence[ids] > 0
    lines = np.cumsum(newline & (positions > user))
    question = positions[(positions > user) & before & (lines == 0)]
    fences = np.cumsum(fence & before)
    following = np.append(tables.spaced[ids][1:] > 0, True)
    ends = newline | ((tables.stop[ids] > 0) & following) | (tables.full_stop[ids] > 0)
    number = np.cumsum(ends) - ends
    begins = np.append(True, ends[:-1])
    left_out = newline | fence | ((tables.blank[ids] > 0) & begins)
    within = (fences % 2 == 1) & before & ~left_out
    heading = np.where((fences % 2 == 0) & before & (lines > 0) & ~fence, fences // 2, -1)
    there, sentence = np.unique(number[within], return_inverse=True)
    numbered = np.full(len(ids), -1)
    numbered[within] = sentence
    passage = np.zeros(len(there), int)
    passage[sentence] = fences[within] // 2
    return Parsed(question, numbered, heading, passage)
