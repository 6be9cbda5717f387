"""The order of what a text finds, told by filters alone (ADR 45).

What is said of an offering lies in layers, each holding what lies above it: title, offer, all
by which it calls itself, all. An offering is worth what its best layer answers: the weight of
the terms found there times the worth of the layer. More is it worth if its category answers
the first term, which is what is asked for; what follows tells more often what for. So there
are few different worths, and a *shelf* of each is a filter. Shelves are asked from the top.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby
from typing import Final, NamedTuple

from search.query import Term, has_any

RANKED: Final = 4
"""Terms that decide the order: the first, and the rarest of the others."""
MAIN: Final = 0.35
"""Worth of a category that answers the first term. Measured: ADR 45."""
WORTH_DECIMALS: Final = 6
"""Worths that differ by less are equal, so that rounding of floats decides nothing."""


class Layer(NamedTuple):
    """A part of a document; it holds what the layers above it hold."""

    fields: tuple[str, ...]
    synonyms: bool
    """Whether synonyms answer a term, or it alone."""
    worth: float
    """Measured: ADR 45."""


_TITLE: Final = ("titleTerms",)
_OFFERED: Final = (*_TITLE, "productTerms")
_CALLED: Final = (*_OFFERED, "categoryTerms", "nameTerms")
LAYERS: Final = (
    Layer(_TITLE, synonyms=False, worth=1.0),
    Layer(_OFFERED, synonyms=False, worth=0.9),
    Layer(_OFFERED, synonyms=True, worth=0.6),
    Layer(_CALLED, synonyms=True, worth=0.5),
    Layer(("terms",), synonyms=True, worth=0.3),
)
ONE_TERM: Final = 6
"""Shelves of a single term that are asked at once; the rest hold what is said in passing."""
_SURE: Final = 2
"""Layers of which the best shelf is the same whatever the terms weigh."""


class Shelf(NamedTuple):
    """Offerings of the same worth."""

    layer: int
    """Place in `LAYERS`."""
    held: int
    """Terms that the layer answers, as bits: 1 is the first; 0 is none of the ranked ones."""
    main: bool
    """Whether the category answers the first term."""


class Shelves:
    """All shelves of a text, the best first."""

    def __init__(self, terms: Sequence[Term]) -> None:
        """Take the terms of a text, in the order of the text."""
        self._all = tuple(terms)
        self._terms = _decisive(self._all)

    @cached_property
    def ordered(self) -> tuple[Shelf, ...]:
        """Give the shelves from the top; the last holds what only terms not ranked find."""
        made = [
            Shelf(layer, held, main)
            for layer in range(len(LAYERS))
            for held in range(1, self._whole + 1)
            for main in (True, False)
        ]
        made.sort(key=lambda one: (-self.worth(one), one))
        rest = [Shelf(len(LAYERS) - 1, 0, main=False)] if len(self._all) > RANKED else []
        return (*made, *rest)

    @cached_property
    def tiers(self) -> tuple[tuple[Shelf, ...], ...]:
        """Give the shelves from the top, those of equal worth together."""
        return tuple(tuple(equal) for _, equal in groupby(self.ordered, self.worth))

    @cached_property
    def surest(self) -> tuple[Shelf, ...]:
        """Give shelves that can be asked before it is known what terms weigh: all answered."""
        if self.of_one_term:
            return self.ordered[:ONE_TERM]
        if len(self._all) > RANKED:
            return ()
        return tuple(
            Shelf(layer, self._whole, main) for layer in range(_SURE) for main in (True, False)
        )

    @property
    def of_one_term(self) -> bool:
        """Tell whether the text has no more than one term."""
        return len(self._all) == 1

    def worth(self, shelf: Shelf) -> float:
        """Give the worth of what stands on a shelf; the best is `best`."""
        return self._found(shelf.layer, shelf.held) + MAIN * shelf.main

    @property
    def best(self) -> float:
        """Give the worth of a title that answers all ranked terms, in the category asked for."""
        return self.worth(Shelf(0, self._whole, main=True))

    def condition(self, shelf: Shelf) -> list[str]:
        """Build the filters of a shelf: what its layer answers, and on no better shelf."""
        if not shelf.held:
            return [has_any(self._all), f"NOT ({has_any(self._terms)})"]
        main = has_any(self._terms[:1], "categoryTerms")
        return [
            *(_answers(term, shelf.layer) for term in self._among(shelf.held)),
            main if shelf.main else f"NOT ({main})",
            *(f"NOT ({self._together(layer, held)})" for layer, held in self._better(shelf)),
        ]

    def _found(self, layer: int, held: int) -> float:
        return round(LAYERS[layer].worth * self._weights[held], WORTH_DECIMALS)

    @property
    def _whole(self) -> int:
        return (1 << len(self._terms)) - 1

    @cached_property
    def _weights(self) -> list[float]:
        """Give the weight of each set of terms, by its bits."""
        return [sum(one.weight for one in self._among(held)) for held in range(self._whole + 1)]

    def _among(self, held: int) -> Iterator[Term]:
        return (term for place, term in enumerate(self._terms) if held >> place & 1)

    def _together(self, layer: int, held: int) -> str:
        return " AND ".join(f"({_answers(term, layer)})" for term in self._among(held))

    def _better(self, shelf: Shelf) -> list[tuple[int, int]]:
        """Give what would put an offering of this shelf on a better one: layers and terms."""
        floor = self._found(shelf.layer, shelf.held)
        least: list[tuple[int, int]] = []
        for layer in reversed(range(len(LAYERS))):
            had = shelf.held if layer >= shelf.layer else 0
            for more in self._least(layer, had, floor):
                if not any(other & more == other for _, other in least):
                    least.append((layer, more))
        return least

    def _least(self, layer: int, had: int, floor: float) -> Iterator[int]:
        """Give the smallest sets of further terms with which a layer is worth more than that."""
        free = self._whole & ~had
        enough = {
            more
            for more in range(1, free + 1)
            if not more & had and self._found(layer, had | more) > floor
        }
        bits = [1 << place for place in range(len(self._terms))]
        for more in sorted(enough):
            if not any(more & bit and more & ~bit in enough for bit in bits):
                yield more


def _decisive(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Choose the terms that decide the order; they stay in the order of the text."""
    rarest = sorted(terms[1:], key=lambda term: -term.weight)[: RANKED - 1]
    return tuple(term for term in terms if term is terms[0] or term in rarest)


def _answers(term: Term, layer: int) -> str:
    fields, synonyms, _ = LAYERS[layer]
    return has_any([term if synonyms else Term(term.token, ((term.token,),))], *fields)
