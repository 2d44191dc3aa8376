"""The engine under every study: trials run here or on Dask, Optuna remembers them, MLflow shows them."""
