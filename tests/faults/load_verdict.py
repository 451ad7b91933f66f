"""What the samples of a load run say: memory steady or not, lag, throughput.

Memory is steady when, of one-minute medians of a process's resident set while articles are fed, without the first
tenth of that time, the largest and the smallest differ by no more than 5 % of their median. The medians keep a
single garbage collection out; everything that stays for a minute counts, growth and its opposite alike. (Windows of
a run of less than ten minutes are a tenth of it.)
"""

from __future__ import annotations

from statistics import median

from load_feed import SLOW
from load_samples import PROCESSES, SERVICES
from world import NAMES

MOST_SPREAD = 0.05
WARM_UP = 0.1
WINDOW_SECONDS = 60.0
FED = "feed"


def fed(rows):
    """The samples while articles were fed, without the warm-up."""
    rows = [row for row in rows if row["phase"] == FED]
    if not rows:
        return []
    first, last = rows[0]["seconds"], rows[-1]["seconds"]
    return [row for row in rows if row["seconds"] >= first + WARM_UP * (last - first)]


def window_medians(rows, field):
    """Medians of ``field`` over windows of a minute (a tenth of a short run); a last piece of a window is left out."""
    first, last = rows[0]["seconds"], rows[-1]["seconds"]
    seconds = min(WINDOW_SECONDS, (last - first) / 9)
    windows = [[] for _ in range(int((last - first) / seconds + 1e-6))]
    for row in rows:
        number = int((row["seconds"] - first) / seconds)
        if number < len(windows):
            windows[number].append(row[field])
    return [median(window) for window in windows if window]


def spread(rows, field):
    """(largest - smallest) / median of the window medians."""
    medians = window_medians(rows, field)
    return (max(medians) - min(medians)) / median(medians)


def rate(rows, field):
    """What ``field`` gains a second, first sample to last."""
    return (rows[-1][field] - rows[0][field]) / (rows[-1]["seconds"] - rows[0]["seconds"])


def memory_lines(rows):
    """A table: resident MiB of each process in the first window, the last, at the least and the most."""
    yield f"{'process':10}{'first':>9}{'last':>9}{'least':>9}{'most':>9}  MiB, medians of a window   spread"
    for name in PROCESSES:
        medians = window_medians(rows, f"rss_mib_{name}")
        figures = "".join(f"{value:9.1f}" for value in (medians[0], medians[-1], min(medians), max(medians)))
        judged = "not judged" if name in SERVICES else "steady" if steady(rows, name) else "NOT STEADY"
        yield f"{name:10}{figures}{100 * spread(rows, f'rss_mib_{name}'):33.1f} %  {judged}"


def steady(rows, name):
    return spread(rows, f"rss_mib_{name}") <= MOST_SPREAD


def verdicts(rows, kind, capacity, balance):
    """Each demand on a run and whether it held."""
    during, feeding = fed(rows), [row for row in rows if row["phase"] == FED]
    throughput, offered = rate(during, "stored"), rate(feeding, "published")
    lag = f"lag_{SLOW}"
    yield from ((f"memory of {name} within {100 * MOST_SPREAD:.0f} %", steady(during, name)) for name in NAMES)
    if kind == "overload":
        grown, expected = during[-1][lag] - during[0][lag], (offered - capacity) * seconds_of(during)
        yield f"lag of {SLOW} grew by {grown:.0f} (offered less capacity: {expected:.0f})", grown > expected / 2
        yield f"throughput {throughput:.2f}/s is the capacity within 10 %", abs(throughput / capacity - 1) <= 0.1
    else:
        most = max(window_medians(during, lag))
        yield f"lag kept below ten seconds of articles ({most:.0f})", most <= 10 * offered
        yield f"throughput {throughput:.2f}/s is what was offered within 2 %", abs(throughput / offered - 1) <= 0.02
    yield "lag drained to zero", all(rows[-1][f"lag_{name}"] == 0 for name in NAMES)
    yield (
        f"nothing lost ({len(balance.lost)}), nothing unexpected ({len(balance.unexpected)})",
        not balance.lost | balance.unexpected,
    )
    yield f"no visible duplicates ({balance.visible_duplicates})", balance.visible_duplicates == 0


def seconds_of(rows):
    return rows[-1]["seconds"] - rows[0]["seconds"]


def summary(rows, capacity):
    """Lines about the whole run."""
    feeding = [row for row in rows if row["phase"] == FED]
    drain = rows[-1]["seconds"] - feeding[-1]["seconds"]
    yield f"capacity {capacity:.2f} articles/s; offered {rate(feeding, 'published'):.2f}/s for {seconds_of(feeding):.0f} s"
    yield f"stored {rate(fed(rows), 'stored'):.2f}/s meanwhile; lag gone {drain:.0f} s after the feed's end"
    yield "most lag: " + ", ".join(f"{name} {max(row[f'lag_{name}'] for row in rows):.0f}" for name in NAMES)
    yield f"processors used by workers, broker and engine: {rate(fed(rows), 'cpu_seconds'):.2f}"
    growth = ", ".join(f"{name} {rate(fed(rows), f'files_mib_{name}') * 60:.2f}" for name in SERVICES)
    yield f"growth of files, MiB/min: {growth}"
