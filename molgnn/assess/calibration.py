"""From logits to probabilities that mean what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from molgnn.tasks import Tasks

MIN_PER_CLASS = 5


@dataclass(frozen=True)
class Calibration:
    r"""One line per task on the logit scale: :math:`p = \sigma(a_t z + b_t)`.

    The slope is positive, so the order of the molecules, and with it every ROC-AUC, stays.
    Regressions pass through unchanged.

    Parameters
    ----------
    slopes, intercepts
        :math:`a_t` and :math:`b_t`; 1 and 0 leave a task as it is.
    """

    slopes: tuple[float, ...]
    intercepts: tuple[float, ...]

    @classmethod
    def identity(cls, n_tasks: int) -> Calibration:
        """Return the calibration that changes nothing."""
        return cls((1.0,) * n_tasks, (0.0,) * n_tasks)

    @classmethod
    def fit(
        cls,
        tasks: Tasks,
        outputs: Float[np.ndarray, "mols tasks"],
        labels: Float[np.ndarray, "mols tasks"],
    ) -> Calibration:
        """Fit each classification on molecules that the network was not trained on.

        A task with fewer than five measured labels of either class keeps the network's own
        probabilities.

        Parameters
        ----------
        tasks
            The columns.
        outputs
            The network's logits.
        labels
            NaN where not measured.

        Notes
        -----
        Platt, "Probabilistic Outputs for Support Vector Machines", 1999, with his smoothed
        targets, which keep a small validation set from giving probabilities of 0 and 1.
        """
        lines = [
            _fit_line(outputs[:, i], labels[:, i]) if task.is_classification else (1.0, 0.0)
            for i, task in enumerate(tasks)
        ]
        slopes, intercepts = zip(*lines, strict=True)
        return cls(slopes, intercepts)

    def for_mean(
        self,
        outputs: Float[np.ndarray, "models mols tasks"],
        is_unseen: Bool[np.ndarray, "models mols"],
    ) -> Calibration:
        r"""Return the calibration of the mean of several models, having been fitted on each alone.

        What each errs by itself averages out, so that the mean differs less from molecule to
        molecule: by the same line, it would be too unsure of itself. A task that was not fitted
        stays as it is, and so do all if no molecule is new to two of the models.

        Parameters
        ----------
        outputs
            The logits of each model.
        is_unseen
            Which molecules each has not learned from.

        Notes
        -----
        Of outputs :math:`f_k = s + e_k` with independent errors, the mean of *n* has the same
        covariance with what is to be predicted, and a smaller variance: the slope grows by
        :math:`\mathrm{var}(f) / (\mathrm{var}(f) - (1 - 1/n)\,\mathrm{var}(e))`. By how much the
        models differ on what is new to several of them gives :math:`\mathrm{var}(e)`.
        """
        is_shared = is_unseen.sum(axis=0) > 1
        if not is_shared.any():
            return self
        n, new = len(outputs), np.where(is_unseen[..., None], outputs, np.nan).astype(float)
        error = np.nanvar(new[:, is_shared], axis=0, ddof=1).mean(axis=0)
        spread, centre = np.nanvar(new, axis=(0, 1)), np.nanmean(new, axis=(0, 1))
        spread_of_mean = np.maximum(spread - (1 - 1 / n) * error, spread / n)
        slopes, intercepts = np.array([self.slopes, self.intercepts])
        is_fitted = (slopes != 1) | (intercepts != 0)
        factor = np.ones(len(slopes))
        np.divide(spread, spread_of_mean, out=factor, where=is_fitted & (spread_of_mean > 0))
        shifted = intercepts + slopes * (1 - factor) * centre
        return Calibration(tuple((slopes * factor).tolist()), tuple(shifted.tolist()))

    def __call__(
        self, tasks: Tasks, outputs: Float[np.ndarray, "mols tasks"]
    ) -> Float[np.ndarray, "mols tasks"]:
        """Return probabilities of classifications and values of regressions."""
        is_class = np.array([task.is_classification for task in tasks])
        return np.where(is_class, _sigmoid(self.scores(tasks, outputs)), outputs)

    def scores(
        self, tasks: Tasks, outputs: Float[np.ndarray, "mols tasks"]
    ) -> Float[np.ndarray, "mols tasks"]:
        """Return logits of the probabilities, and values of regressions."""
        is_class = np.array([task.is_classification for task in tasks])
        slopes, intercepts = np.array([self.slopes, self.intercepts], dtype=outputs.dtype)
        return np.where(is_class, slopes * outputs + intercepts, outputs)

    def to_json(self) -> dict[str, Any]:
        """Return plain lists."""
        return {"slopes": list(self.slopes), "intercepts": list(self.intercepts)}

    @classmethod
    def from_json(cls, record: dict[str, Any]) -> Calibration:
        """Rebuild what `to_json` gave."""
        return cls(tuple(record["slopes"]), tuple(record["intercepts"]))


def _sigmoid(scores: Float[np.ndarray, "*shape"]) -> Float[np.ndarray, "*shape"]:
    """Return the logistic function, without an overflow at either end."""
    small = np.exp(-np.abs(scores))
    probabilities: np.ndarray = np.where(scores >= 0, 1, small) / (1 + small)
    return probabilities


def _fit_line(
    logits: Float[np.ndarray, " mols"], labels: Float[np.ndarray, " mols"]
) -> tuple[float, float]:
    measured = ~np.isnan(labels) & np.isfinite(logits)
    z, y = logits[measured].astype(float), labels[measured].astype(float)
    positives, negatives = int((y == 1).sum()), int((y == 0).sum())
    if min(positives, negatives) < MIN_PER_CLASS:
        return 1.0, 0.0
    target = np.where(y == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def cross_entropy(line: Float[np.ndarray, " 2"]) -> tuple[float, Float[np.ndarray, " 2"]]:
        slope, intercept = np.exp(line[0]), line[1]
        score = slope * z + intercept
        loss = np.logaddexp(0, score) - target * score
        residual = _sigmoid(score) - target
        return loss.mean(), np.array([(residual * z).mean() * slope, residual.mean()])

    from scipy.optimize import minimize  # which takes longer to load than most predictions take

    fitted = minimize(
        cross_entropy,
        x0=np.zeros(2),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-3.0, 3.0), (-10.0, 10.0)],
    )
    return float(np.exp(fitted.x[0])), float(fitted.x[1])
