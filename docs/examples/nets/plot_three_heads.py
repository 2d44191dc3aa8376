"""
Can one net learn three labels of my own images?
================================================

An image rarely has one label. A product has a kind, a colour and a state; training a model for each reads every image
three times. The four-head net has as many heads as the target has columns: give it a data frame, whose columns name the
heads.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split

from lineclf import MultiHeadLineClassifier
from lineclf.datasets import fetch_mnist
from lineclf.metrics import head_scorers

# %%
# The images: handwritten digits at half size, painted in one of three colours, some of them lying on their side. Any
# uint8 array of shape (n, height, width, 3) would do.

rng = np.random.default_rng(0)
digits = fetch_mnist("small")
grey, n = digits.images[:, ::2, ::2, 0], len(digits.target)
paint = {"red": (1, 0, 0), "green": (0, 1, 0), "blue": (0.2, 0.4, 1)}
y = pd.DataFrame({"digit": digits.target, "color": rng.choice(list(paint), n), "pose": "upright"})
lying = rng.random(n) < 0.5
y.loc[lying, "pose"] = "lying"
grey = np.where(lying[:, None, None], np.rot90(grey, axes=(1, 2)), grey)
X = (grey[..., None] * np.array([paint[name] for name in y["color"]])[:, None, None]).astype(np.uint8)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=1000, random_state=0)

# %%
# Fit, predict and score as with any classifier. "joint" is the share of images with all labels right.

net = MultiHeadLineClassifier(filters=16, epochs=10, random_state=0).fit(X_train, y_train)
print("heads:", net.heads_)
scores = head_scorers()(net, X_test, y_test)
print({name: round(float(score), 3) for name, score in scores.items()})

# %%
# The picture: twelve test images with the net's answers, and the accuracy of each head.

answers = net.predict(X_test[:12])
figure, axes = plt.subplot_mosaic(
    [[f"{i}" for i in range(6)], [f"{i}" for i in range(6, 12)], ["scores"] * 6], figsize=(7.5, 5), layout="constrained"
)
for i, answer in enumerate(answers):
    axes[f"{i}"].imshow(X_test[i])
    axes[f"{i}"].set(xticks=[], yticks=[])
    right = (answer == y_test.iloc[i].to_numpy(object)).all()
    axes[f"{i}"].set_title("\n".join(map(str, (f"{answer[0]} {answer[1]}", answer[2]))), fontsize=9)
    axes[f"{i}"].title.set_color("black" if right else "C3")
axes["scores"].barh(list(scores), [100 * score for score in scores.values()], color="C0")
axes["scores"].invert_yaxis()
axes["scores"].set(xlabel="right, % of 1,000 test images", ylabel="label", xlim=(0, 100))
plt.show()

# %%
# Colours are easy, poses nearly so, and digits are the hard part: all three labels are right together about as often as
# the digit. Titles in red are answers with a wrong label.
