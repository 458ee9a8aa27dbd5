"""The outbox: what a transaction leaves in it reaches the gateway, once, in time, through failures of either side."""
# SPDX-License-Identifier: Apache-2.0
import json
import signal
import ssl
import stat
import subprocess

import httpx
import psycopg
import pytest
from tests.harness.outbox import Outbox
from tests.harness.server import wait_until
from tests.harness.sms import Gateway, Sms


@pytest.fixture
def outbox(own_database):
    with psycopg.connect(own_database.url, autocommit=True) as connection:
        connection.execute("DELETE FROM outbox")
    return Outbox(own_database)


@pytest.fixture
def start(own_database, servers):
    with servers.on(own_database) as own:
        yield own


@pytest.fixture
def gateway():
    gateway = Gateway()
    yield gateway
    gateway.close()


def test_a_message_is_appended_to_the_file_and_forgotten(outbox, start, tmp_path):
    path = tmp_path / "sms.jsonl"
    start({"YIBAO_SMS_GATEWAY": f"file:{path}"})
    outbox_id = outbox.put("验证码 123456")
    message = Sms(path).wait(outbox.phone)
    assert message.keys() == {"outbox_id", "to", "text", "at"}
    assert (message["outbox_id"], message["text"]) == (str(outbox_id), "验证码 123456")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert outbox.wait(outbox_id, "sent") == ("sent", 1, None, None, None)


def test_the_gateway_gets_json_with_the_key_and_an_idempotency_key(outbox, start, gateway, tmp_path):
    key = tmp_path / "sms.key"
    key.write_text("a-key-of-the-gateway\n")
    key.chmod(0o600)
    start({"YIBAO_SMS_GATEWAY": gateway.url, "YIBAO_SMS_KEY_FILE": str(key)})
    outbox_id = outbox.put("hello")
    outbox.wait(outbox_id, "sent")
    [(headers, body)] = gateway.received
    assert body == {"outbox_id": str(outbox_id), "to": outbox.phone, "text": "hello"}
    assert headers["Content-Type"] == "application/json"
    assert headers["Idempotency-Key"] == str(outbox_id)
    assert headers["Authorization"] == "Bearer a-key-of-the-gateway"


def test_a_new_key_of_the_gateway_is_read_on_sighup(outbox, start, gateway, tmp_path):
    key = tmp_path / "sms.key"
    key.write_text("first\n")
    key.chmod(0o600)
    server = start({"YIBAO_SMS_GATEWAY": gateway.url, "YIBAO_SMS_KEY_FILE": str(key)})
    for reload, (content, expected) in enumerate([("second\n", "second"), ("", "second"), ("third\n", "third")], 1):
        key.write_text(content)
        server.signal(signal.SIGHUP)
        wait_until(lambda: server.log_path.read_text().count('"reloading"') == reload, "the signal to be taken")
        outbox.wait(outbox.put("hello"), "sent")
        assert gateway.received[-1][0]["Authorization"] == f"Bearer {expected}"
    server.provoked["sms_key_unreadable"] += 1


@pytest.mark.parametrize("failure", [500, 503, 408, 429, 302, None])
def test_what_may_succeed_later_is_tried_again(outbox, start, gateway, failure):
    gateway.answers = [failure]
    start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox_id = outbox.put("again")
    state, attempts, payload, error, lease = outbox.wait(outbox_id, "sent")
    assert (attempts, payload, error, lease) == (2, None, None, None)
    assert [body["outbox_id"] for _, body in gateway.received] == 2 * [str(outbox_id)]


@pytest.mark.parametrize("failure", [400, 401, 404, 422])
def test_what_the_gateway_refuses_is_not_tried_again(outbox, start, gateway, failure):
    gateway.answers = [failure]
    start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox_id, other_id = outbox.put("refused"), None
    assert outbox.wait(outbox_id, "failed") == ("failed", 1, None, "gateway_refused", None)
    other_id = outbox.put("fine")
    outbox.wait(other_id, "sent")
    assert len(gateway.received) == 2


def test_a_gateway_that_cannot_prove_who_it_is_gets_nothing(outbox, start, tmp_path):
    """A certificate of its own making for 127.0.0.1."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", tmp_path / "key", "-out", tmp_path / "cert",
                    "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
                   check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert", tmp_path / "key")
    gateway = Gateway(tls=tls)
    start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox_id = outbox.put("secret")
    outbox.wait_attempts(outbox_id, 2)
    assert outbox.row(outbox_id)[0] == "waiting" and outbox.row(outbox_id)[3] == "gateway_unreachable"
    assert gateway.received == []
    gateway.close()


def test_what_cannot_be_sent_at_all_fails_alone(outbox, start, gateway):
    start({"YIBAO_SMS_GATEWAY": gateway.url})
    with outbox.connect() as connection:
        without_phone = connection.execute(
            "SELECT person_key, person_id FROM person WHERE phone_sealed IS NULL LIMIT 1").fetchone()
    webhook = outbox.put("x", kind="webhook", person=False)
    tampered = outbox.put("x")
    with outbox.connect() as connection:
        connection.execute("UPDATE outbox SET payload_sealed = set_bit(payload_sealed, 200, 1 - get_bit(payload_sealed, 200))"
                           " WHERE outbox_id = %s AND state = 'waiting'", [tampered])
    if without_phone:
        outbox.person_key, outbox.person_id = without_phone
        assert outbox.wait(outbox.put("x"), "failed")[3] == "no_phone"
    assert outbox.wait(webhook, "failed")[3] == "no_sender"


def test_nothing_is_sent_after_its_time(outbox, start, gateway):
    late = outbox.put("too late", lasts_s=0.01)
    gateway.answers = [500] * 50
    server = start({"YIBAO_SMS_GATEWAY": gateway.url})
    dying = outbox.put("dying", lasts_s=3)
    assert outbox.wait(late, "expired") == ("expired", 0, None, None, None)
    state, attempts, payload, error, _ = outbox.wait(dying, "expired")
    assert (payload, error) == (None, "gateway_failed") and attempts >= 2
    assert set(gateway.texts()) == {"dying"}
    seen = len(gateway.received)
    outbox.wait(outbox.put("last", lasts_s=1), "expired")
    assert gateway.texts()[seen:].count("dying") == 0
    assert server.process.poll() is None


def test_a_stop_and_a_start_in_the_middle(outbox, start, gateway):
    gateway.answers = [503, 503]
    first = start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox_id = outbox.put("kept")
    outbox.wait_attempts(outbox_id, 1)
    assert first.stop() == 0
    assert outbox.row(outbox_id)[0] == "waiting"
    start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox.wait(outbox_id, "sent")


def test_a_stop_does_not_wait_for_a_gateway_that_hangs(outbox, start, gateway):
    gateway.gate.clear()
    server = start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox_id = outbox.put("hanging")
    wait_until(lambda: gateway.received, "the gateway to be asked")
    assert server.stop() == 0
    gateway.gate.set()
    assert outbox.row(outbox_id)[0] == "waiting"
    start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox.wait(outbox_id, "sent")


def test_a_killed_server_leaves_its_message_to_another(outbox, start, gateway):
    gateway.gate.clear()
    server = start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox_id = outbox.put("orphan")
    wait_until(lambda: gateway.received, "the gateway to be asked")
    server.signal(signal.SIGKILL)
    server.process.wait()
    start.started.remove(server)  # it did not die of itself
    with outbox.connect() as connection:  # the lease of half a minute is over
        connection.execute("UPDATE outbox SET next_attempt_at = now()")
    gateway.gate.set()
    start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox.wait(outbox_id, "sent")
    assert {headers["Idempotency-Key"] for headers, _ in gateway.received} == {str(outbox_id)}


def test_two_servers_send_each_message_once(outbox, start, gateway):
    for _ in range(2):
        start({"YIBAO_SMS_GATEWAY": gateway.url})
    sent = [outbox.put(f"number {n}") for n in range(60)]
    for outbox_id in sent:
        outbox.wait(outbox_id, "sent")
    assert sorted(body["outbox_id"] for _, body in gateway.received) == sorted(map(str, sent))


def test_it_goes_on_after_postgresql_was_gone(outbox, start, own_database, gateway):
    server = start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox.wait(outbox.put("before"), "sent")
    with own_database.outage("stopped"):
        wait_until(lambda: server.ready_status() == 503, "the server to notice")
    outbox.wait(outbox.put("after"), "sent")
    assert gateway.texts() == ["before", "after"]


def test_a_stop_does_not_wait_for_a_frozen_postgresql(outbox, start, own_database):
    server = start({"YIBAO_SMS_GATEWAY": "", "YIBAO_STOP_TIMEOUT_S": "2"})
    with own_database.outage("frozen"):
        wait_until(lambda: server.ready_status() == 503, "the server to notice")
        assert server.stop() == 0


def test_what_is_long_over_is_removed(outbox, start, gateway):
    with outbox.connect() as connection:
        connection.execute(
            "INSERT INTO outbox (outbox_id, kind, next_attempt_at, created_at, expires_at, state)"
            " SELECT gen_random_uuid(), 'webhook', now(), now() - interval '8 days', now() - interval '7 days', 'failed'"
            " FROM generate_series(1, 2500)")
    kept = outbox.put("fresh")
    start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox.wait(kept, "sent")

    def count():
        with outbox.connect() as connection:
            return connection.execute("SELECT count(*) FROM outbox").fetchone()[0]

    wait_until(lambda: count() == 1, "old messages to go")


def test_metrics_tell_what_waits_and_what_became_of_it(outbox, start, gateway):
    gateway.answers = [500, 400]
    server = start({"YIBAO_SMS_GATEWAY": gateway.url})
    outbox.wait(outbox.put("m"), "failed")

    def value(line):
        text = httpx.get(server.ops_url + "/metrics").text
        return next(float(row.split()[-1]) for row in text.splitlines() if row.startswith(line))

    assert value('yibaod_outbox_messages_total{outcome="repeated"}') == 1
    assert value('yibaod_outbox_messages_total{outcome="failed"}') == 1
    assert value('yibaod_outbox_messages_total{outcome="sent"}') == 0
    assert value("yibaod_outbox_waiting_messages") >= 0


@pytest.mark.parametrize(("mode", "gateway_url", "key"), [
    ("production", "file:/tmp/sms.jsonl", "k"),
    ("production", "http://127.0.0.1:1/", "k"),
    ("production", "https://sms.example/", ""),
    ("development", "http://sms.example/", ""),
    ("development", "file:", ""),
    ("development", "/tmp/sms.jsonl", ""),
])
def test_gateways_that_must_not_be_are_refused_at_start(own_database, mode, gateway_url, key):
    with pytest.raises(AssertionError, match="YIBAO_SMS_GATEWAY"):
        own_database.run(own_database.environment["YIBAO_BINARY"], "config", YIBAO_MODE=mode,
                         YIBAO_SMS_GATEWAY=gateway_url, YIBAO_SMS_KEY_FILE=key)


def test_no_log_tells_number_or_text(outbox, start, gateway):
    gateway.answers = [500, 400]
    server = start({"YIBAO_SMS_GATEWAY": gateway.url, "YIBAO_LOG_LEVEL": "debug"})
    outbox.wait(outbox.put("a text nobody may log"), "failed")
    server.stop()
    log = server.log_path.read_text(encoding="utf-8")
    assert outbox.phone not in log and "nobody may log" not in log
    assert any(json.loads(line)["event"] == "outbox_not_sent" for line in log.splitlines())
