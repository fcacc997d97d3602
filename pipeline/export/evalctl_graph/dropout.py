"""Dropout, which drops nothing in evaluation."""
from .graph import require


def dropout(graph, a):
    require(
        not a.get("train") or a["p"] == 0, "values are dropped at random, as in training: with `training=self.training` none are dropped in evaluation")
    return a["input"]


def with_mask(graph, a):
    return [dropout(graph, a), None]


HANDLERS = {"dropout": dropout, "feature_dropout": dropout, "native_dropout": with_mask}
