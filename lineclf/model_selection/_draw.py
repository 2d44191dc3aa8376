"""Lines drawn anew by each seed and split by a track: a ``draw`` for an AblationCV or a comparison."""

from inspect import Parameter, signature

from sklearn.base import BaseEstimator
from sklearn.utils import Bunch, check_random_state

from lineclf._checks import check_count
from lineclf.datasets import FACTORS, TARGET_NAMES, make_lines
from lineclf.model_selection._registry import TRACKS, get_track

__all__ = ["TrackDraw"]

# What the draw decides itself.
_DECIDED = ("n_per_class", "random_state", "return_positions", "return_masks", "shuffle")
_OWN = ("track", "n_per_class", "n_more", "flat")
_OF_CLASSES = ("lengths", "widths", "angles", "colors")
_MOST = 1_000_000


class TrackDraw(BaseEstimator):
    """Draw images of lines and split them by a track, both anew for each seed.

    It is a ``draw`` for :class:`lineclf.AblationCV` or :func:`lineclf.benchmark.compare`: called with a seed, it gives
    training and test images. Each seed takes one of the track's splits. Targets are the four factors; use
    ``scoring=head_scorers()`` of :mod:`lineclf.metrics` for classifiers that cannot score several targets.

    Parameters
    ----------
    track : str, default="distinct"
        Key of :data:`TRACKS`.
    n_per_class : int, default=40
        Images drawn per class; the track takes its training and test images from them.
    n_more : int, default=0
        Further images drawn per class for the test side alone: the number of training images stays the same, though not
        the images. Images of a known world cost little, and a test of a thousand hides half a point in its noise.
    flat : bool, default=False
        Whether images are rows of pixels, as scikit-learn's own estimators take them.
    **options
        Arguments of :func:`lineclf.datasets.make_lines`, and, after ``track__``, of the track's class.

    Raises
    ------
    ValueError
        If there is no such track or option.

    Examples
    --------
    >>> from lineclf.model_selection import TrackDraw
    >>> data = TrackDraw("halves", n_per_class=10, noise=0.1)(random_state=0)
    >>> data.X.shape, data.y.shape, data.X_test.shape
    ((477, 28, 28, 3), (477, 4), (483, 28, 28, 3))
    """

    def __init__(self, track="distinct", *, n_per_class=40, n_more=0, flat=False, **options):
        get_track(track)  # raises for an unknown one
        known = _known(track)
        for name in options:
            if name not in known:
                legal = ", ".join([*_OWN, *known])
                raise ValueError(f"options must be some of {legal} with track={track!r}; got {name!r}")
        self.track, self.n_per_class, self.n_more, self.flat = track, n_per_class, n_more, flat
        self._options = options

    def _known(self):
        """Options with their defaults, by name."""
        return _known(self.track)

    def _changed(self, changes):
        """Arguments of a draw with some changed; another track has its own defaults."""
        own = {name: getattr(self, name) for name in _OWN}
        options = self._options
        if changes.get("track", self.track) != self.track:
            options = {name: each for name, each in options.items() if not name.startswith("track__")}
        return own | options | changes

    def get_params(self, deep=True):
        """Return all arguments, options at their defaults included."""
        return {name: getattr(self, name) for name in _OWN} | self._known() | self._options

    def set_params(self, **params):
        """Set arguments; another track begins with its own defaults."""
        self.__init__(**self._changed(params))  # type: ignore[misc]
        return self

    def __repr__(self, N_CHAR_MAX=700):
        defaults = {**self._known(), "n_per_class": 40, "n_more": 0, "flat": False}
        known = {name: value for name, value in self.get_params().items() if name not in defaults}
        known |= {name: value for name, value in self.get_params().items() if defaults.get(name, value) != value}
        return f"TrackDraw({', '.join(f'{name}={value!r}' for name, value in known.items())})"

    def __call__(self, random_state=None, **changes):
        """Draw.

        Parameters
        ----------
        random_state : int, RandomState instance or None
            Seed.
        **changes
            Arguments to change for this call.

        Returns
        -------
        Bunch
            X, y, X_test, y_test: images of shape (n, height, width, 3), or flat, and level indices of shape (n, 4);
            labels: names of the levels of each factor, if they are the report's.
        """
        if changes:
            return TrackDraw(**self._changed(changes))(random_state)
        check_count("n_per_class", self.n_per_class, 1, _MOST)
        check_count("n_more", self.n_more, 0, _MOST)
        if self.n_more and self.track == "few-shot":
            raise ValueError(
                f"n_more must be 0 with track='few-shot', which itself says how many it trains; got {self.n_more}"
            )
        random = check_random_state(random_state)
        seeds = random.randint(2**31, size=3)
        of_track = {name.removeprefix("track__"): each for name, each in self._options.items() if "track__" in name}
        world = {name: each for name, each in self._options.items() if "track__" not in name}
        n = self.n_per_class + self.n_more
        # A class after the other, in the order of the draws: the first of each are those that may be trained on.
        X, y, positions = make_lines(n, shuffle=False, return_positions=True, random_state=seeds[0], **world)
        track = get_track(self.track, random_state=int(seeds[1]), **of_track)
        folds = list(track.split(X, y, positions))
        train, test = folds[seeds[2] % len(folds)]
        train = train[train % n < self.n_per_class]
        if self.flat:
            X = X.reshape(len(X), -1)
        random.shuffle(train)
        known = self._known()
        others = any(self._options.get(name, known[name]) != known[name] for name in _OF_CLASSES)
        labels = {} if others else dict(zip(FACTORS, TARGET_NAMES, strict=True))
        return Bunch(X=X[train], y=y[train], X_test=X[test], y_test=y[test], labels=labels)


def _known(track):
    """Options of the world and of a track's class with their defaults, by name."""
    of_track = signature(TRACKS[track]).parameters
    return _defaults(signature(make_lines).parameters, "", _DECIDED) | _defaults(of_track, "track__", _DECIDED)


def _defaults(parameters, prefix, without):
    known = {
        f"{prefix}{name}": each.default
        for name, each in parameters.items()
        if name not in without and each.kind is not Parameter.VAR_KEYWORD
    }
    return {name: list(value) if isinstance(value, range | tuple) else value for name, value in known.items()}
