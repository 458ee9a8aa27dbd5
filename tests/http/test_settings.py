"""Settings of the running server that nothing else would miss: level of its log, test clock."""
# SPDX-License-Identifier: Apache-2.0


def test_log_level(start_server, client_of, demo):
    said = {}
    for level in ("info", "warning"):
        server = start_server({"YIBAO_LOG_LEVEL": level, "YIBAO_REACTORS": "1"})
        client_of(server).get("/v1/me", by=demo.employee)
        server.stop()
        said[level] = server.log_path.read_text(encoding="utf-8")
    assert '"event":"request"' in said["info"]
    assert '"level":"info"' not in said["warning"]


def test_test_clock(start_server, client_of, api, demo):
    path, at = f"/v1/accounts/{demo.employee.account_id}/balance", "2099-06-30T00:00:00+08:00"
    moved = client_of(start_server({"YIBAO_TEST_CLOCK": "2099-07-01T00:00:00+08:00", "YIBAO_REACTORS": "1", "YIBAO_SERVE_WORKS": "no"}))
    assert api.get(path, by=demo.employee, params={"as_of": at}).status_code == 400
    assert moved.get(path, by=demo.employee, params={"as_of": at}).status_code == 200
