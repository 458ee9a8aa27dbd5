"""The operators' listener: alive, ready, metrics that a collector can read, and none of it on the API's port."""
# SPDX-License-Identifier: Apache-2.0
import collections
import re

import httpx
import pytest

LABELS = r'\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\}'
SAMPLE = re.compile(rf"^([a-zA-Z_:][a-zA-Z0-9_:]*)({LABELS})? (-?[0-9.e+-]+|NaN|[+-]Inf)$")
COUNTED = re.compile(r'^\w*requests?\w*_(?:total|count)\{[^}]*route="/v1/regions/\{region_code\}"[^}]*\} ([0-9.]+)$', re.M)


@pytest.fixture()
def metrics(server, api):
    assert api.get("/v1/regions/110000").status_code == 200
    response = httpx.get(f"{server.ops_url}/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    return response.text


def family_of(name, types):
    for suffix in ("_bucket", "_sum", "_count"):
        if name.endswith(suffix) and types.get(name.removesuffix(suffix)) == "histogram":
            return name.removesuffix(suffix)
    return name


def test_metrics_are_well_formed(metrics):
    helps, types, samples = {}, {}, collections.defaultdict(list)
    for line in metrics.splitlines():
        if line.startswith("# HELP "):
            _, _, name, text = line.split(" ", 3)
            assert name not in helps, f"{name} is announced twice"
            helps[name] = text
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name not in types
            assert kind in ("counter", "gauge", "histogram")
            types[name] = kind
        else:
            match = SAMPLE.match(line)
            assert match, line
            family = family_of(match[1], types)
            assert family in types and family in helps, f"{family} is not announced before its samples"
            samples[match[1] + (match[2] or "")].append(float(match[3]))
    assert all(len(values) == 1 for values in samples.values())
    assert set(helps) == set(types)
    assert all(not name.endswith("_total") == (kind != "counter") for name, kind in types.items())


def test_histograms_add_up(metrics):
    buckets = collections.defaultdict(list)
    for name, labels, value in re.findall(r"^(\w+_bucket)\{(.*)\} ([0-9.e+]+)$", metrics, re.M):
        buckets[name, re.sub(r',?le="[^"]*"', "", labels)].append((re.search('le="([^"]*)"', labels)[1], float(value)))
    assert buckets
    for (name, labels), steps in buckets.items():
        values = [value for _, value in steps]
        assert steps[-1][0] == "+Inf" and values == sorted(values)
        count = name.removesuffix("_bucket") + "_count" + (f"{{{labels}}}" if labels else "")
        assert float(re.search(f"^{re.escape(count)} (.*)$", metrics, re.M)[1]) == values[-1]


def test_requests_are_counted_by_route_not_by_path(metrics, api, server, demo):
    before = sum(map(float, COUNTED.findall(metrics)))
    for _ in range(5):
        api.get("/v1/regions/110000")
    after = sum(map(float, COUNTED.findall(httpx.get(f"{server.ops_url}/metrics").text)))
    assert after >= before + 5
    assert demo.employee.account_id not in metrics


def test_live_and_ready(server):
    for path in ("/livez", "/readyz"):
        response = httpx.get(f"{server.ops_url}{path}")
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("application/json")
        assert response.headers["cache-control"] == "no-store"
        assert response.json()["status"]


@pytest.mark.parametrize("path", ["/livez", "/readyz", "/metrics"])
def test_the_api_port_does_not_know_them(api, path):
    assert api.get(path).status_code == 404


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/v1/regions", 404), ("GET", "/", 404), ("POST", "/metrics", 405), ("HEAD", "/livez", 200),
])  # fmt: skip
def test_the_ops_port_knows_nothing_else(server, method, path, status):
    assert httpx.request(method, f"{server.ops_url}{path}").status_code == status
