"""What a storm came to, in numbers that can be added up and printed."""
# SPDX-License-Identifier: Apache-2.0
import collections
import dataclasses
import statistics


@dataclasses.dataclass
class Figures:
    harm: dict = dataclasses.field(default_factory=dict)
    count: dict = dataclasses.field(default_factory=dict)
    seen: dict = dataclasses.field(default_factory=dict)
    ready_s: list = dataclasses.field(default_factory=list)
    healthy_s: list = dataclasses.field(default_factory=list)
    unready_s: list = dataclasses.field(default_factory=list)
    charges: int = 0
    lost: int = 0
    doubled: int = 0
    slowest_s: float = 0.0
    stuck_s: float = 0.0
    idle_cpu: float = 0.0

    @classmethod
    def of(cls, storm):
        return cls(
            harm=dict(storm.harm),
            count=dict(storm.tally.count),
            seen={f"{status} {code or ''}".strip(): times for (status, code), times in storm.tally.seen.items()},
            ready_s=storm.ready_s,
            healthy_s=storm.healthy_s,
            unready_s=storm.unready_s,
            charges=storm.looked_at,
            lost=storm.lost,
            doubled=storm.doubled,
            slowest_s=storm.tally.slowest_s,
            stuck_s=storm.watch.longest_s,
            idle_cpu=storm.idle_cpu,
        )

    def __add__(self, other):
        def summed(one, two):
            return dict(collections.Counter(one) + collections.Counter(two))

        return Figures(
            summed(self.harm, other.harm), summed(self.count, other.count), summed(self.seen, other.seen),
            self.ready_s + other.ready_s, self.healthy_s + other.healthy_s, self.unready_s + other.unready_s,
            self.charges + other.charges, self.lost + other.lost, self.doubled + other.doubled,
            max(self.slowest_s, other.slowest_s), max(self.stuck_s, other.stuck_s), max(self.idle_cpu, other.idle_cpu),
        )  # fmt: skip

    def rest(self):
        """What the table does not say."""
        statuses = ", ".join(f"{times:,} × {what}" for what, times in sorted(self.seen.items()))
        return "\n".join((
            f"* `/readyz` said 503 after a network had frozen: median and longest {spread(self.unready_s)}.",
            f"* Ready after a start: {spread(self.ready_s)}; charging after PostgreSQL accepted: {spread(self.healthy_s)}.",
            f"* Processor time while starved and idle: at most {self.idle_cpu:.0%} of a core.",
            f"* Charges looked at afterwards: {self.charges:,}; requests sent once more and answered alike: "
            f"{self.count.get('asked again', 0):,}.",
            f"* Answers: {statuses}.",
        ))  # fmt: skip

    def row(self, name, tells_harm=True):
        """Of the table in docs/reliability.md."""
        count = collections.Counter(self.count)
        unknown = f"{count['unknown']:,} ({count['unknown, was done']:,} / {count['unknown, was not done']:,})"
        harm = ", ".join(f"{times:,} × {what}" for what, times in sorted(self.harm.items()))
        cells = [
            name, harm if tells_harm else "", f"{count['requests']:,}", f"{count['acknowledged']:,}", unknown, str(self.lost), str(self.doubled),
            spread(self.ready_s or self.healthy_s), f"{self.slowest_s:.1f} s", f"{self.stuck_s:.2f} s",
        ]  # fmt: skip
        return "| " + " | ".join(cells) + " |"


HEADER = (
    "| storm | harm | requests | acknowledged | unknown (done / not done) | lost | doubled | ready again: median, longest"
    " | slowest reply | longest wait of a thread |\n|" + " --- |" * 10
)


def spread(seconds):
    if not seconds:
        return "–"
    return f"{statistics.median(seconds):.2f} s, {max(seconds):.2f} s"
