"""What `speed.py` compares, each the code of a process of its own."""

N_PER_CLASS = 1000  # images, as the report had them

# Each of these is a process of its own, and everything in it counts, also starting Python and importing.
GENERATOR = """
from lineclf.datasets import make_lines
X, y = make_lines({n}, random_state=0)
"""

# As people write it: a random centre, a line, a rotation about the centre, a list.
OPENCV = """
import math, random
import cv2
import numpy as np
images, labels = [], []
for a, length in enumerate((7, 15)):
    for b, width in enumerate((1, 3)):
        for c, angle in enumerate(range(0, 180, 15)):
            theta = math.radians(angle)
            margin_x = math.ceil((length * abs(math.cos(theta)) + width * math.sin(theta)) / 2 - 0.5)
            margin_y = math.ceil((length * math.sin(theta) + width * abs(math.cos(theta))) / 2 - 0.5)
            for d, color in enumerate(((255, 0, 0), (0, 0, 255))):
                for _ in range({n}):
                    x, y = random.randint(margin_x, 27 - margin_x), random.randint(margin_y, 27 - margin_y)
                    image = np.zeros((28, 28, 3), np.uint8)
                    cv2.line(image, (14 - length // 2, 14), (14 + length // 2, 14), color, width)
                    turn = cv2.getRotationMatrix2D((14, 14), angle, 1.0)
                    turn[:, 2] += x - 14, y - 14
                    images.append(cv2.warpAffine(image, turn, (28, 28)))
                    labels.append((a, b, c, d))
X, y = np.array(images), np.array(labels)
order = np.random.permutation(len(X))
X, y = X[order], y[order]
"""

# The same with what vectorises: all centres of a class at once, no list.
OPENCV_TUNED = """
import cv2
import numpy as np
rng = np.random.default_rng(0)
X, y = np.empty((96 * {n}, 28, 28, 3), np.uint8), np.empty((96 * {n}, 4), np.int64)
i = 0
for a, length in enumerate((7, 15)):
    for b, width in enumerate((1, 3)):
        for c, angle in enumerate(range(0, 180, 15)):
            theta = np.deg2rad(angle)
            margin_x = np.ceil((length * abs(np.cos(theta)) + width * np.sin(theta)) / 2 - 0.5)
            margin_y = np.ceil((length * np.sin(theta) + width * abs(np.cos(theta))) / 2 - 0.5)
            turn = cv2.getRotationMatrix2D((14, 14), angle, 1.0)
            for d, color in enumerate(((255, 0, 0), (0, 0, 255))):
                line = np.zeros((28, 28, 3), np.uint8)
                cv2.line(line, (14 - length // 2, 14), (14 + length // 2, 14), color, width)
                columns = rng.integers(margin_x, 28 - margin_x, {n}).tolist()
                rows = rng.integers(margin_y, 28 - margin_y, {n}).tolist()
                y[i : i + {n}] = a, b, c, d
                for row, column in zip(rows, columns):
                    moved = turn.copy()
                    moved[:, 2] += column - 14, row - 14
                    cv2.warpAffine(line, moved, (28, 28), dst=X[i])
                    i += 1
order = rng.permutation(len(X))
X, y = X[order], y[order]
"""

NUMPY = "import numpy as np; X = np.empty(0)"

SECONDS = """
import time
def seconds(function):
    wall, cpu = time.perf_counter(), time.process_time()
    function()
    return time.perf_counter() - wall, time.process_time() - cpu
"""

# The very array that the generator gives, gathered from a bank of every distinct image.
TAKE = """
import numpy as np
from lineclf.datasets import make_lines
bank, _ = make_lines(None, distinct=True)
place = {{image.tobytes(): i for i, image in enumerate(bank)}}
index = np.array([place[image.tobytes()] for image in make_lines({n}, random_state=0)[0]])
"""

# In turn; each result is dropped before the next is made.
GENERATOR_AND_TAKE = (
    SECONDS
    + TAKE
    + """
pairs = [
    (seconds(lambda: make_lines({n}, random_state=0)), seconds(lambda: np.take(bank, index, axis=0)))
    for _ in range({repeats} + 1)
][1:]
"""
)

FIT_AND_PREDICT = (
    SECONDS
    + """
import numpy as np
from lineclf import MultiHeadLineClassifier, nets
from lineclf.datasets import make_lines
from lineclf.estimators import _twins

X, y = make_lines({n_fit}, random_state=0)
floats, columns = X / np.float32(255), list(y.T)
X_predict = make_lines({n_predict}, random_state=1)[0]
floats_predict = X_predict / np.float32(255)
clf = MultiHeadLineClassifier(epochs={epochs}, random_state=0)

def bare():
    model = nets.multi_head_cnn((28, 28, 3), {{"length": 2, "width": 2, "angle": 12, "color": 2}})
    units = [output.shape[-1] for output in model.outputs]
    steps = {epochs} * -(-len(X) // clf.batch_size)
    model.compile(
        optimizer=nets.make_optimizer("adam", clf.learning_rate, lr_schedule="cosine", total_steps=steps),
        loss=[nets.head_loss("crossentropy", n) for n in units],
        metrics=[[nets.head_accuracy(n)] for n in units],
    )
    model.fit(floats, columns, batch_size=clf.batch_size, epochs={epochs}, verbose=0)
    return model

def first(X, y):
    _twins.forget()
    clf.fit(X, y)

model = bare()
first(X, y)
fits = [(seconds(lambda: first(X, y)), seconds(bare)) for _ in range({repeats})]
X_few, y_few = X[::10], y[::10]
agains = []
for _ in range({repeats}):
    times = [seconds(lambda: fit(X_few, y_few)) for fit in (first, clf.fit)]
    agains.append(times[::-1])
predictions = [
    (
        seconds(lambda: clf.predict(X_predict)),
        seconds(lambda: model.predict(floats_predict, batch_size=512, verbose=0)),
    )
    for _ in range({repeats} + 1)
][1:]
pairs = {{"fit": fits, "again": agains, "predict": predictions}}
"""
)


# Each in a process of its own, which has nothing in memory; the second load finds the files in the system's cache.
_FROM_NPZ = "import numpy as np\ndef load(): return np.load({path!r})['X']"
_FROM_FOLDER = """
from lineclf.datasets import load_lines_folder
def load(): return load_lines_folder({path!r}).images
"""
LOADERS = {
    "generator": "from lineclf.datasets import make_lines\ndef load(): return make_lines({n}, random_state=0)[0]",
    ".npy, memory map": "import numpy as np\ndef load(): return np.array(np.load({path!r}, mmap_mode='r'))",
    ".npz": _FROM_NPZ,
    ".npz, compressed": _FROM_NPZ,
    "PNG folder": _FROM_FOLDER,
    "JPEG folder": _FROM_FOLDER,
}
LOAD_TWICE = """
import time
rates = []
for _ in range(2):
    X = None  # its memory is there for the second load, as for a user who loads again
    start = time.perf_counter()
    X = load()
    rates.append(len(X) / (time.perf_counter() - start))
    assert int(X.sum()) > 0
"""


INSPECT = (
    SECONDS
    + """
from lineclf import MultiHeadLineClassifier
from lineclf.datasets import make_lines
from lineclf.inspection import class_activation_map, maximize_filters

X, y = make_lines(8, random_state=0)
clf = MultiHeadLineClassifier(epochs=1, random_state=0).fit(X, y)
heatmaps = lambda: class_activation_map(clf, X[:256])
filters = lambda: maximize_filters(clf, "conv2d_2", range(32), steps=200)
heatmaps()
runs = [(1000 * seconds(heatmaps)[0] / 256, seconds(filters)[0]) for _ in range({repeats})]
"""
)

PICTURES = ("trials with pictures", "trials")

# Six trials of the default ablation.
TRIALS = """
import runpy, sys, tempfile, os
script = {script!r}
sys.argv = [script, "--components", "dropout", "--seeds", "2", *{options}]
with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as end:
        assert not end.code, end.code
"""
