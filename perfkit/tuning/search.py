"""Which recipe to try next: first along each axis, then as optuna's sampler proposes.

What is searched has few axes, of which some are names: along them first, from the best so far,
finds the neighbourhood of the optimum in as many points as the axes have values together. What
is left of the budget goes in turns to the neighbours of the best and to the tree-structured
Parzen estimator (Bergstra et al. 2011, Advances in Neural Information Processing Systems 24),
which knows all that was tried.
"""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from perfkit.errors import MissingExtraError
from perfkit.recipe import Recipe
from perfkit.tuning.space import Space

if TYPE_CHECKING:
    import optuna

__all__ = ["Search", "points_for"]

#: Kinds of recipes (combinations of names) whose best is slower than the best of all by more
#: than this factor are not looked at along their numbers.
_HOPELESS = 1.5
#: What a recipe costs that fails or gives wrong items, beside the worst that does not.
_FAILED = 10.0
#: Proposals that were tried already, before any that was not is taken.
_REPEATS = 25
_FEWEST_POINTS = 4


def points_for(space: Space, share: float) -> int:
    """Recipes to try: a share of all, and at least a few."""
    return min(len(space), max(_FEWEST_POINTS, math.floor(share * len(space))))


class Search:
    """Tries recipes one after the other, each once.

    Parameters
    ----------
    space : Space
    value_of : callable
        Takes a name and a recipe; gives what is to be made small, above 0, or infinity for
        a recipe that cannot win.
    most : int
        Recipes to try.
    seed : int
        Of the sampler; the same values then lead the same way, so that a search that was cut
        short goes on where it stopped.

    Attributes
    ----------
    tried : dict of str to float
        Values by name, in the order in which they were tried.
    """

    def __init__(
        self, space: Space, value_of: Callable[[str, Recipe], float], *, most: int, seed: int = 0
    ) -> None:
        self._space, self._value_of, self._most = space, value_of, most
        self._study = _study(seed)
        self._random = random.Random(seed)
        self.tried: dict[str, float] = {}

    def run(self, starts: Sequence[Recipe] = ()) -> None:
        """Try recipes until the budget is spent, ``starts`` first (by default the usual one)."""
        usual = self._space.canonical(self._space.full_settings(self._space.recipe))
        for recipe in starts or [usual]:
            self._visit(recipe)
        names, numbers = self._axes()
        for axis in names:
            for value in self._space.axes[axis]:
                self._visit(self._moved(self._best(), axis, value))
        for base in self._promising():
            for axis in numbers:
                best = min(self._of_kind(base), key=self._value)
                for value in self._space.first_values(axis):
                    self._visit(self._moved(best, axis, value))
        while not self._is_over:
            self._visit(next(self._untried(self._space.neighbours(self._best())), None))
            self._visit(self._proposed())

    @property
    def _is_over(self) -> bool:
        return len(self.tried) >= min(self._most, len(self._space))

    def _visit(self, recipe: Recipe | None) -> None:
        if recipe is None or self._is_over:
            return
        name = self._space.name(recipe)
        if name in self.tried:
            return
        self.tried[name] = self._value_of(name, recipe)
        self._tell(recipe)

    def _value(self, recipe: Recipe) -> float:
        return self.tried[self._space.name(recipe)]

    def _best(self) -> Recipe:
        return self._space.recipes[min(self.tried, key=self.tried.__getitem__)]

    def _axes(self) -> tuple[list[str], list[str]]:
        """Axes of names, and of numbers."""
        names = [
            axis
            for axis, values in self._space.axes.items()
            if not all(isinstance(value, int | float) for value in values)
        ]
        return names, [axis for axis in self._space.axes if axis not in names]

    def _moved(self, recipe: Recipe, axis: str, value: Any) -> Recipe:
        return self._space.canonical({**self._space.full_settings(recipe), axis: value})

    def _kind(self, recipe: Recipe) -> tuple[Any, ...]:
        return tuple(getattr(recipe, axis) for axis in self._axes()[0])

    def _of_kind(self, like: Recipe) -> list[Recipe]:
        tried = (self._space.recipes[name] for name in self.tried)
        return [recipe for recipe in tried if self._kind(recipe) == self._kind(like)]

    def _promising(self) -> list[Recipe]:
        """Of each kind of recipe that was tried the best, if it comes near the best of all."""
        found: dict[tuple[Any, ...], Recipe] = {}
        for name in sorted(self.tried, key=self.tried.__getitem__):
            found.setdefault(self._kind(self._space.recipes[name]), self._space.recipes[name])
        limit = _HOPELESS * self._value(self._best())
        return [recipe for recipe in found.values() if self._value(recipe) <= limit]

    def _untried(self, recipes: Iterable[Recipe]) -> Iterator[Recipe]:
        return (each for each in recipes if self._space.name(each) not in self.tried)

    def _proposed(self) -> Recipe | None:
        """What the sampler proposes; any that was not tried where it proposes none such."""
        for _ in range(_REPEATS):
            trial = self._study.ask(_distributions(self._space))
            recipe = self._space.canonical(
                {axis: self._space.axes[axis][place] for axis, place in trial.params.items()}
            )
            name = self._space.name(recipe)
            if name not in self.tried:
                self._study.tell(trial, state=_state("FAIL"))  # it is told once it is known
                return recipe
            self._study.tell(trial, self._told(self.tried[name]))
        left = list(self._untried(self._space.recipes.values()))
        return self._random.choice(left) if left else None

    def _tell(self, recipe: Recipe) -> None:
        from optuna.trial import create_trial

        settings = self._space.full_settings(recipe)
        places = {axis: self._space.axes[axis].index(value) for axis, value in settings.items()}
        self._study.add_trial(
            create_trial(
                params=places,
                distributions=_distributions(self._space),
                value=self._told(self._value(recipe)),
            )
        )

    def _told(self, value: float) -> float:
        """The logarithm of a value; of one that cannot win, of something worse than any."""
        if math.isfinite(value):
            return math.log(value)
        finite = [of for of in self.tried.values() if math.isfinite(of)]
        return math.log(_FAILED * max(finite, default=1.0))


def _distributions(space: Space) -> dict[str, optuna.distributions.BaseDistribution]:
    """Of places in the axes: numbers have an order there, names have none."""
    from optuna.distributions import CategoricalDistribution, IntDistribution

    found: dict[str, Any] = {}
    for axis, values in space.axes.items():
        ordered = all(isinstance(value, int | float) for value in values)
        places = range(len(values))
        found[axis] = (
            IntDistribution(0, len(values) - 1) if ordered else CategoricalDistribution(places)
        )
    return found


def _study(seed: int) -> optuna.Study:
    try:
        import optuna
    except ImportError as error:
        raise MissingExtraError("optuna", "workbench", "Tuning") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(seed=seed, multivariate=True, n_startup_trials=1)
    return optuna.create_study(sampler=sampler)


def _state(name: str) -> Any:
    from optuna.trial import TrialState

    return TrialState[name]
