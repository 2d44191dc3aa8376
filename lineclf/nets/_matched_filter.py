"""Layer that compares an image with the template of every line at every place."""

import math

import keras
import numpy as np
from keras import ops

__all__ = ["TEMPLATES", "MatchedFilter"]

TEMPLATES = ("separable", "free")

# Optimizers such as Adam move every weight by about the learning rate, whatever its gradient: for radians, and for a
# share that clean images hardly ask for, that is too far.
_SLOW = 0.1


@keras.saving.register_keras_serializable(package="lineclf")
class MatchedFilter(keras.layers.Layer):
    """Log-probability of every line at every place, up to a constant of the image.

    A line is a profile along the line times a profile across it, turned by its angle and painted in its colour: a pixel
    at (u, v) in the line's own frame is f(u)·g(v)·c, with a learned f for each length, a learned g for each width, a
    learned angle, and a learned colour vector c. Under white Gaussian noise of precision κ (learned) a template T at a
    place has the log-likelihood ``κ·(⟨x, T⟩ − |T|²/2)`` [1]_. The prior over a line's places is uniform, less a learned
    price for the part that the border cuts.

    Parameters
    ----------
    shape : tuple of 4 ints
        Number of lengths, widths, angles and colours; 1 for a factor that does not vary.
    size : int, default=17
        Side of the templates, px; odd. Clipped if the image is smaller.
    knots : int, default=4
        Knots per pixel of the piecewise linear profiles.
    templates : {"separable", "free"}, default="separable"
        "free" learns every pixel of a template for each length, width and angle instead.
    share_colors : bool, default=True
        Whether lines of all colours have the same templates.
    centered : bool, default=True
        Whether a learned share, at first all, of a template's mean over the part of its disc inside the image is
        subtracted from it: with all of the mean subtracted, a constant background changes nothing.
    reconstruction : float, default=0.0
        Weight of a loss beside that of the labels, in training: half the squared distance from an image to the most
        probable line, ``|x − T|²/2`` less its place's log-prior / κ, as the mean over a batch. Without it templates
        need only tell apart the lines that were seen, and drift away from real lines [2]_.
    seed : int, default=0
        Seed of the colours' initial values.

    References
    ----------
    .. [1] G. Turin (1960), "An introduction to matched filters", IRE Transactions on Information Theory 6(3).
    .. [2] J. Lasserre, C. Bishop and T. Minka (2006), "Principled hybrids of generative and discriminative models",
       CVPR.
    """

    def __init__(
        self,
        shape,
        size=17,
        knots=4,
        templates="separable",
        share_colors=True,
        centered=True,
        reconstruction=0.0,
        seed=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.shape, self.size, self.knots, self.templates = tuple(shape), size, knots, templates
        self.share_colors, self.centered, self.reconstruction = share_colors, centered, reconstruction
        self.seed = seed
        self.separable = templates == "separable"

    def get_config(self):
        """Return the configuration that rebuilds the layer."""
        names = ("shape", "size", "knots", "templates", "share_colors", "centered", "reconstruction", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}

    def build(self, input_shape):
        """Make the weights for images (n, height, width, channels)."""
        n_lengths, n_widths, n_angles, n_colors = self.shape
        radius = self.size // 2
        down, across = (min(radius, side - 1) for side in input_shape[1:3])
        row, column = np.mgrid[-down : down + 1, -across : across + 1]
        self.row, self.column = row.astype("float32"), column.astype("float32")
        self.disc = (row**2 + column**2 <= (radius + 0.5) ** 2).astype("float32")
        self.knot = (np.arange(-(radius + 1) * self.knots, (radius + 1) * self.knots + 1) / self.knots).astype(
            "float32"
        )
        sets = 1 if self.share_colors else n_colors
        along, across = _steps(self.knot, n_lengths, radius + 1), _steps(self.knot, n_widths, (radius + 1) / 3)
        angle = np.arange(n_angles) * np.pi / n_angles
        if self.separable:
            self.along = self._weight("along", np.tile(along, (sets, 1, 1)))
            self.across = self._weight("across", np.tile(across, (sets, 1, 1)))
            self.angle = np.tile(angle, (sets, 1)).astype("float32")
            self.turn = self._weight("turn", np.zeros((sets, n_angles)))
        else:
            each = self._turned(along[None], across[None], angle[None].astype("float32"))
            self.pixels = self._weight("pixels", np.tile(ops.convert_to_numpy(each), (sets, 1, 1, 1, 1, 1)))
        colors = np.random.default_rng(self.seed).uniform(0.3, 0.7, (n_colors, input_shape[-1]))
        self.color = self._weight("color", colors)
        self.log_precision = self._weight("log_precision", np.zeros(()))
        self.cut = self._weight("cut", np.ones(()))
        if self.centered:
            self.unshare = self._weight("unshare", np.zeros(()))

    def _weight(self, name, value):
        initial = np.asarray(value, "float32")
        return self.add_weight(
            shape=initial.shape, initializer=lambda shape, dtype=None: ops.convert_to_tensor(initial), name=name
        )

    def start(self, lengths, widths, angles):
        """Begin training from ranks and angles read from the data, instead of from the order of the levels.

        Parameters
        ----------
        lengths, widths : sequence of int
            Rank of each level, 0 for the shortest.
        angles : array-like of shape (n_angles,)
            Radians, counter-clockwise.
        """
        sets = 1 if self.share_colors else self.shape[3]
        radius = self.size // 2
        along = _steps(self.knot, self.shape[0], radius + 1)[list(lengths)]
        across = _steps(self.knot, self.shape[1], (radius + 1) / 3)[list(widths)]
        angle = np.tile(angles, (sets, 1)).astype("float32")
        if self.separable:
            self.along.assign(np.tile(along, (sets, 1, 1)))
            self.across.assign(np.tile(across, (sets, 1, 1)))
            self.turn.assign((angle - self.angle) / _SLOW)
        else:
            each = self._turned(along[None], across[None], angle[:1])
            self.pixels.assign(np.tile(ops.convert_to_numpy(each), (sets, 1, 1, 1, 1, 1)))

    def _turned(self, along, across, angle):
        """Profiles (sets, levels, knots) at angles (sets, n_angles) in radians: (sets, l, w, a, rows, columns)."""
        cos, sin = ops.cos(angle)[..., None, None], ops.sin(angle)[..., None, None]
        u, v = cos * self.column - sin * self.row, sin * self.column + cos * self.row
        hat = [ops.relu(1 - self.knots * ops.abs(each[..., None] - self.knot)) for each in (u, v)]
        f = ops.einsum("sarck,slk->slarc", hat[0], along)
        g = ops.einsum("sarck,swk->swarc", hat[1], across)
        return f[:, :, None] * g[:, None] * self.disc

    def line_templates(self):
        """Templates of brightness, (1 or n_colors, n_lengths, n_widths, n_angles, rows, columns)."""
        if not self.separable:
            return self.pixels * self.disc
        return self._turned(self.along, self.across, self.angle + _SLOW * self.turn)

    def compute_output_shape(self, input_shape):
        """Shape of the output of :meth:`call`."""
        return (*input_shape[:3], math.prod(self.shape))

    def call(self, images, training=False):
        """Maps (n, height, width, n_colors · n_lengths · n_widths · n_angles), in this order."""
        precision = ops.exp(self.log_precision)
        templates = ops.reshape(self.line_templates(), (-1, math.prod(self.shape[:3]), *self.disc.shape))
        fixed = [
            self._fixed(ops.transpose(templates[i], (1, 2, 0))[:, :, None], images.shape[1:3])
            for i in range(1 if self.share_colors else self.shape[3])
        ]
        maps = []
        for color in range(self.shape[3]):
            kernel, energy, cut, mean = fixed[0 if self.share_colors else color]
            # What scales a map is multiplied into what is small: maps are many.
            seen = ops.sum(images * (precision * self.color[color]), axis=-1, keepdims=True)
            prior = precision * ops.relu(self.cut) * cut
            prior = prior - ops.logsumexp(prior, axis=(1, 2), keepdims=True)
            constant = prior - precision * ops.sum(self.color[color] ** 2) * energy / 2
            if self.centered:  # the disc as one more kernel: a call of its own would take half as long as all others
                match = _correlate(seen, ops.concatenate([kernel, self.disc[:, :, None, None]], axis=-1))
                maps.append(match[..., :-1] - match[..., -1:] * mean + constant)
            else:
                maps.append(_correlate(seen, kernel) + constant)
        maps = ops.concatenate(maps, axis=-1)
        if training and self.reconstruction:
            distance = ops.sum(images**2, axis=(1, 2, 3)) / 2 - ops.max(maps, axis=(1, 2, 3)) / precision
            self.add_loss(self.reconstruction * ops.mean(distance))
        return maps

    def _fixed(self, kernel, shape):
        """Kernel, and at every place its energy, the energy that the border cuts, and the share of its mean."""
        frame = ops.ones((1, *shape, 1))
        energy = _correlate(frame, kernel**2)
        cut = energy - ops.sum(kernel**2, axis=(0, 1, 2))
        if not self.centered:
            return kernel, energy, cut, None
        share = 1 - _SLOW * self.unshare
        total, area = _correlate(frame, kernel), _correlate(frame, self.disc[:, :, None, None])
        return kernel, energy - share * (2 - share) * total**2 / area, cut, share * total / area


def _correlate(images, kernel):
    """Correlation of images of one channel with kernels (rows, columns, 1, n), of the same size as the images.

    The rows of the window are laid beside each other as channels: for a single channel the gradient of a convolution
    takes three times as long.
    """
    height, radius = images.shape[1], kernel.shape[0] // 2
    padded = ops.pad(images, ((0, 0), (radius, radius), (0, 0), (0, 0)))
    rows = ops.concatenate([padded[:, i : i + height] for i in range(kernel.shape[0])], axis=-1)
    return ops.conv(rows, ops.transpose(kernel, (2, 1, 0, 3)), padding="same", data_format="channels_last")


def _steps(knot, n_levels, largest):
    """Profiles that fall from 1 to 0 at equal steps of the distance from the middle, (n_levels, n_knots)."""
    edges = largest * np.arange(1, n_levels + 1)[:, None] / (n_levels + 1)
    return 1 / (1 + np.exp(2 * (abs(knot) - edges)))
