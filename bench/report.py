"""The table that a run prints: what was measured, the reach wanted, and whether it was reached."""
# SPDX-License-Identifier: Apache-2.0


def line(what, value, reach="", reached=None):
    verdict = "" if reached is None else "reached" if reached else "not reached"
    return f"{what:<58} {value:>20}   {reach:<8} {verdict}".rstrip()


def reads_lines(part):
    middle = part["median"]
    yield "Balance reads, 64 connections (medians)"
    yield line("  yibaod", f"{middle['yibaod']['per_second']:,.0f} /s")
    yield line(f"  Fastify + pg, 2 workers, {part['fastify_pool']} connections",
               f"{middle['fastify']['per_second']:,.0f} /s")
    yield from (line(f"  pgbench, {name.partition('_')[2]} clients", f"{one['per_second']:,.0f} /s")
                for name, one in middle.items() if name.startswith("pgbench"))
    ratio = part["ratio_to_pgbench"]
    yield line("  yibaod / best pgbench", f"{ratio:.2f}", "≥ 0.75", ratio >= 0.75)
    yield line("  yibaod / Fastify", f"{part['ratio_to_fastify']:.2f}", "≥ 5", part["ratio_to_fastify"] >= 5)
    yield line("  failed or refused requests", f"{part['failed']}", "0", part["failed"] == 0)
    for name in ("yibaod", "fastify"):
        one = middle[name]
        yield line(f"  {name}: latency p50 / p99", f"{one['p50_us'] / 1000:.2f} / {one['p99_us'] / 1000:.2f} ms")
        yield line(f"  {name}: CPU per request, server / PostgreSQL / wrk",
                   f"{one['server_cpu_us']:.1f} / {one['postgres_cpu_us']:.1f} / {one['client_cpu_us']:.1f} µs")
        calls = part["system_calls"][name].get("per_request")
        yield line(f"  {name}: system calls per request", "not counted" if calls is None else f"{calls:.2f}")
    one = middle[part["pgbench_best"]]
    yield line("  pgbench: CPU per request, PostgreSQL / pgbench",
               f"{one['postgres_cpu_us']:.1f} / {one['client_cpu_us']:.1f} µs")


def charges_lines(part):
    for name, what, wanted in (("many", "100,000 accounts", 3), ("few", "100 accounts", 2)):
        one = part[name]
        middle = one["median"]
        yield f"Durable charges, 64 connections, {what} (medians)"
        yield line("  yibaod", f"{middle['yibaod']['per_second']:,.0f} /s")
        yield line(f"  Fastify + pg, 2 workers, {part['fastify_pool']} connections",
                   f"{middle['fastify']['per_second']:,.0f} /s")
        yield from (line(f"  pgbench, {key.partition('_')[2]} clients", f"{each['per_second']:,.0f} /s")
                    for key, each in middle.items() if key.startswith("pgbench"))
        yield line("  yibaod / best pgbench", f"{one['ratio_to_pgbench']:.2f}", f"≥ {wanted}",
                   one["ratio_to_pgbench"] >= wanted)
        fastify_wanted = ("≥ 5", one["ratio_to_fastify"] >= 5) if name == "many" else ()
        yield line("  yibaod / Fastify", f"{one['ratio_to_fastify']:.2f}", *fastify_wanted)
        yield line("  failed or refused requests", f"{one['failed']}", "0", one["failed"] == 0)
        for key in ("yibaod", "fastify"):
            each = middle[key]
            yield line(f"  {key}: latency p50 / p99", f"{each['p50_us'] / 1000:.2f} / {each['p99_us'] / 1000:.2f} ms")
            yield line(f"  {key}: CPU per charge, server / PostgreSQL / wrk",
                       f"{each['server_cpu_us']:.0f} / {each['postgres_cpu_us']:.0f} / {each['client_cpu_us']:.0f} µs")
        best = middle[one["pgbench_best"]]
        yield line("  pgbench: CPU per charge, PostgreSQL", f"{best['postgres_cpu_us']:.0f} µs")
    half = part["half_load"]
    yield line(f"  at half of that load ({half['per_second']:,.0f} /s): p50 / p90 / p99",
               f"{half['p50_us'] / 1000:.1f} / {half['p90_us'] / 1000:.1f} / {half['p99_us'] / 1000:.1f} ms")
    yield line("  deadlocks", f"{part['deadlocks']}", "0", part["deadlocks"] == 0)


def import_lines(part):
    yield f"Import of {part['rows']:,} contribution rows (medians)"
    yield line("  yibaod import contributions", f"{part['yibaod_per_second']:,.0f} rows/s")
    yield line("  plain set-based SQL", f"{part['plain_per_second']:,.0f} rows/s")
    for name in ("yibaod", "plain"):
        one = part["cpu"][name]
        yield line(f"  {name}: CPU per row, client / PostgreSQL",
                   f"{one['client_cpu_us']:.1f} / {one['postgres_cpu_us']:.1f} µs")
    yield line("  yibaod / plain SQL", f"{part['ratio']:.2f}", "≥ 0.5", part["ratio"] >= 0.5)


def pages_lines(part):
    yield "History page of 20 rows (medians)"
    for name in ("small", "large"):
        one = part[name]
        yield line(f"  {one['rows']:,} rows: buffers; latency p50, few / many readers",
                   f"{one['buffers']:.1f}; {one['few']['p50_us']:.0f} / {one['many']['p50_us']:.0f} µs")
    for key, label in (
        ("buffers", "buffers touched"), ("few_p50_us", "latency, few readers"),
        ("few_postgres_cpu_us", "CPU time of PostgreSQL, few readers"), ("many_p50_us", "latency, many readers"),
        ("many_postgres_cpu_us", "CPU time of PostgreSQL, many readers"),
    ):
        ratio = part[f"ratio_{key}"]
        yield line(f"  large / small, {label}", f"{ratio:.2f}", "≤ 1.3", ratio <= 1.3)


def footprint_lines(part):
    memory = part["memory"]
    idle_mib = memory["idle"]["rss"] / 1024
    yield "Footprint"
    yield line(f"  resident memory, {memory['connections']:,} idle connections", f"{idle_mib:.1f} MiB", "≤ 64 MiB",
               idle_mib <= 64)
    yield line("  the same, proportional", f"{memory['idle']['pss'] / 1024:.1f} MiB")
    yield line("  resident memory after start", f"{memory['at_start']['rss'] / 1024:.1f} MiB")
    yield line("  from exec to ready, median of 10", f"{part['start_ms']:.0f} ms", "≤ 1 s", part["start_ms"] <= 1000)


def audit_lines(part):
    yield f"Audit of {part['accounts']:,} accounts, {part['entries']:,} entries, {part['charges']:,} charges"
    yield line("  yibaod audit", f"{part['audit_s']:.0f} s")
    yield line("  accounts per second", f"{part['accounts'] / part['audit_s']:,.0f}")
    yield line("  CPU time of PostgreSQL", f"{part['postgres_cpu_s']:.0f} s")
    yield line("  size of the database", f"{part['database_bytes'] / 2**30:.1f} GiB")
    yield line("  the program: resident memory, CPU",
               f"{part['program_rss_kib'] / 1024:.1f} MiB, {part['program_cpu_s']:.1f} s")


def credits_lines(part):
    ours, plain, reads = part["median"]["yibaod"], part["median"]["plain"], part["reads"]
    yield f"A monthly run of pensioner credits, {part['people']:,} people of one region (medians)"
    yield line("  yibaod: check + posting", f"{ours['check_s']:.1f} + {ours['post_s']:.1f} s")
    yield line("  plain SQL, one transaction that only posts", f"{plain['seconds']:.1f} s")
    yield line("  plain SQL / yibaod", f"{part['ratio']:.2f}", "≥ 0.6", part["ratio"] >= 0.6)
    yield line("  plain SQL / yibaod's posting alone", f"{part['ratio_of_posting']:.2f}")
    yield line("  CPU time: yibaod's PostgreSQL, its worker; plain SQL",
               f"{ours['postgres_cpu_s']:.1f}, {ours['worker_cpu_s']:.1f}; {plain['postgres_cpu_s']:.1f} s")
    yield line("  resident memory of the worker, before and after",
               f"{ours['worker_rss_before_kib'] / 1024:.1f}, {ours['worker_rss_after_kib'] / 1024:.1f} MiB")
    yield line("  balance reads, p99: before, checking, posting",
               " / ".join(f"{reads[name]['p99_us'] / 1000:.2f}" for name in ("quiet", "checking", "posting")) + " ms")
    yield line("  p99 during the run / before", f"{part['ratio_p99']:.2f}", "≤ 3", part["ratio_p99"] <= 3)
    failed = sum(one["failed"] + one["refused"] for one in reads.values())
    yield line("  failed or refused reads", f"{failed}", "0", failed == 0)


SECTIONS = {"reads": reads_lines, "charges": charges_lines, "import": import_lines, "pages": pages_lines,
            "audit": audit_lines, "credits": credits_lines, "footprint": footprint_lines}


def table(results):
    parts = ["\n".join(lines(results[name])) for name, lines in SECTIONS.items() if name in results]
    return "\n" + "\n\n".join(parts)
