"""The samples of a load run as a picture: lag, memory and throughput over the minutes."""

from __future__ import annotations

from itertools import pairwise
from statistics import median

import matplotlib as mpl
from load_samples import PROCESSES, SERVICES
from load_verdict import FED, MOST_SPREAD, WINDOW_SECONDS, fed
from world import NAMES

mpl.use("Agg")
from matplotlib import pyplot as plt

DPI = 80
COLOURS = dict(zip(PROCESSES, plt.rcParams["axes.prop_cycle"].by_key()["color"], strict=False))


def plot(rows, capacity, title, path):
    """Write a PNG with four panels below each other, one x axis in minutes."""
    figure, panels = plt.subplots(4, 1, figsize=(10, 13), sharex=True, layout="constrained")
    minutes = [row["seconds"] / 60 for row in rows]
    _lag(panels[0], minutes, rows)
    _memory(panels[1], minutes, rows)
    _steadiness(panels[2], minutes, rows)
    _throughput(panels[3], minutes, rows, capacity)
    for panel in panels:
        _shade(panel, minutes, rows)
        panel.grid(alpha=0.3)
        panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    panels[-1].set_xlabel("time (min); shaded: articles are being fed")
    figure.suptitle(title)
    figure.savefig(path, dpi=DPI)
    plt.close(figure)


def _lag(panel, minutes, rows):
    for name in NAMES:
        panel.plot(minutes, [row[f"lag_{name}"] for row in rows], label=name, color=COLOURS[name])
    panel.set_ylabel("lag (messages)")
    panel.set_ylim(bottom=0)


def _memory(panel, minutes, rows):
    for name in PROCESSES:
        style = "--" if name in SERVICES else "-"
        panel.plot(minutes, [row[f"rss_mib_{name}"] for row in rows], style, label=name, color=COLOURS[name])
    panel.set_ylabel("resident memory (MiB)")
    panel.set_ylim(bottom=0)


def _steadiness(panel, minutes, rows):
    """The workers' memory against its own median of the judged time."""
    most = 100 * MOST_SPREAD
    for name in NAMES:
        field = f"rss_mib_{name}"
        middle = median(row[field] for row in fed(rows))
        panel.plot(minutes, [100 * (row[field] / middle - 1) for row in rows], label=name, color=COLOURS[name])
    for edge in (-most, most):
        panel.axhline(edge, linestyle=":", color="black")
    panel.set_ylabel(f"memory against its median (%)\ndotted: {most:.0f} %")


def _throughput(panel, minutes, rows, capacity):
    panel.plot(minutes, _rates(rows, "published"), label="published", color="tab:gray")
    panel.plot(minutes, _rates(rows, "stored"), label="stored", color="tab:green")
    panel.axhline(capacity, linestyle=":", color="black", label="capacity")
    panel.set_ylabel("articles per second")
    panel.set_ylim(bottom=0)


def _rates(rows, field):
    """Gain a second around each sample: over a minute, or a tenth of a short run."""
    half = min(WINDOW_SECONDS, (rows[-1]["seconds"] - rows[0]["seconds"]) / 10) / 2
    step = median(b["seconds"] - a["seconds"] for a, b in pairwise(rows))
    reach = max(round(half / step), 1)
    rates = []
    for at in range(len(rows)):
        first, last = rows[max(at - reach, 0)], rows[min(at + reach, len(rows) - 1)]
        rates.append((last[field] - first[field]) / (last["seconds"] - first["seconds"]))
    return rates


def _shade(panel, minutes, rows):
    feeding = [minute for minute, row in zip(minutes, rows, strict=True) if row["phase"] == FED]
    panel.axvspan(feeding[0], feeding[-1], color="tab:blue", alpha=0.06, linewidth=0)
