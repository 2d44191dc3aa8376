"""`to_torch`: images and labels as PyTorch takes them."""

from typing import Any

from lineclf.datasets._arrays import images_and_labels, write_pixels

__all__ = ["to_torch"]


def to_torch(X: Any, y: Any = None, *, dtype: Any = "float32") -> Any:
    """Make a PyTorch data set of images and labels.

    Parameters
    ----------
    X : array-like of shape (n, height, width, channels), (n, height, width) or (n, n_features)
        The images.
    y : array-like of shape (n,) or (n, n_heads), default=None
        Their labels, numbers.
    dtype : {"float32", "uint8"}, default="float32"
        float32 divides uint8 by 255, as torchvision's ``ToTensor`` does, and takes other numbers as they are. uint8,
        for images of bytes, keeps them, in a quarter of the memory.

    Returns
    -------
    torch.utils.data.TensorDataset
        The first tensor holds the images, channels first, of `dtype` and shape (n, channels, height, width). The second
        tensor holds the labels, if there are any: int64, of the shape of `y`; float32 if labels have fractions. No
        memory is shared with `X`.

    Raises
    ------
    ValueError
        If an argument is not as above, or `y` holds strings.
    ModuleNotFoundError
        If PyTorch is not installed: it comes with ``pip install 'lineclf[torch]'``.

    See Also
    --------
    to_tf : The same for TensorFlow.

    Examples
    --------
    >>> from lineclf.datasets import make_lines, to_torch
    >>> X, y = make_lines(n_per_class=1, random_state=0)
    >>> images, labels = to_torch(X, y).tensors
    >>> images.shape, images.dtype, labels.shape, labels.dtype
    (torch.Size([96, 3, 28, 28]), torch.float32, torch.Size([96, 4]), torch.int64)

    A loss for one label takes one column of `y`:

    >>> from torch.utils.data import DataLoader
    >>> angles = to_torch(X, y[:, 2])
    >>> [len(batch) for _, batch in DataLoader(angles, batch_size=64)]
    [64, 32]
    """
    images, labels, target = images_and_labels(X, y, dtype)
    try:
        import torch
    except ModuleNotFoundError as error:
        if error.name != "torch":
            raise
        message = "to_torch needs torch, which is not installed: pip install 'lineclf[torch]'"
        raise ModuleNotFoundError(message, name="torch") from error
    arrays = [write_pixels(images.transpose(0, 3, 1, 2), dtype), *([] if target is None else [labels])]
    return torch.utils.data.TensorDataset(*map(torch.from_numpy, arrays))
