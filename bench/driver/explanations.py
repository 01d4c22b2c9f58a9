# SPDX-License-Identifier: Apache-2.0
"""Why a goal is out of reach: whose code holds it, how that was found, and what would lift it."""

# By words in the goal's title and the libraries; the first that fits is taken.
EXPLANATIONS = (
)


def of(title, library):
    for words, libraries, text in EXPLANATIONS:
        if words in title and library in libraries:
            return text
    return None
