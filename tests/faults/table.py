"""The result of a run as people read it."""

from __future__ import annotations

from collections import defaultdict
from statistics import median


def table(balance, recoveries, deaths, seconds):
    """Faults by kind with their recovery, then articles, lost, duplicates."""
    kinds = defaultdict(list)
    for recovery in recoveries:
        kinds[recovery.kind].append(recovery)
    lines = [f"{'':32}{'':6}{'stored, s':>18}{'no lag, s':>18}"]
    lines += [f"{'fault':32}{'times':>6}" + f"{'median':>9}{'longest':>9}" * 2]
    for kind, all_of_it in sorted(kinds.items()):
        stored, no_lag = ([getattr(one, name) for one in all_of_it] for name in ("stored", "no_lag"))
        figures = (median(stored), max(stored), median(no_lag), max(no_lag))
        lines.append(f"{kind:32}{len(all_of_it):6}" + "".join(f"{figure:9.1f}" for figure in figures))
    lines += [
        "",
        f"faults {len(recoveries)} of {len(kinds)} kinds",
        f"articles acknowledged {balance.articles}, stored {balance.stored}, dead letters {balance.dead_letters}",
        f"lost {len(balance.lost)}, unexpected {len(balance.unexpected)}",
        f"visible duplicates {balance.visible_duplicates}, hidden duplicates {balance.hidden_duplicates}",
        f"restarts {deaths}, {seconds:.0f} s",
    ]
    return "\n".join(lines)
