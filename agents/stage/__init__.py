"""The one Faust worker of all stages: raw records in, outcomes out, nothing lost in between (docs/guarantees.md)."""

from agents.stage.run import run_stage

__all__ = ["run_stage"]
