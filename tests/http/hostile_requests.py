"""Raw requests that two parsers could read in two ways, with what must come back. docs/hostile-framing.md tells the reasons."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses

CLOSED = None  # in a set of statuses: closing without a reply will do


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    raw: bytes
    first: frozenset  # statuses that the first reply may have
    goes_on: bool  # whether the connection stays usable, so that the request that follows is served
    why: str = ""  # for what is accepted though it is odd: the reason
    refusals: frozenset = frozenset()  # those of `first` after which the connection closes all the same


def lines(*parts):
    return "\r\n".join(parts).encode("latin-1") + b"\r\n\r\n"


GET = "GET /v1/regions/110000 HTTP/1.1"
POST = "POST /v1/admin/tokens HTTP/1.1"
HOST = "Host: localhost"
JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"
FOLLOWER_ID = "follower-request-0001"
SMUGGLED_ID = "smuggled-request-0001"
FOLLOWER = lines(GET, HOST, f"X-Request-Id: {FOLLOWER_ID}")
SMUGGLED = lines(GET, HOST, f"X-Request-Id: {SMUGGLED_ID}")


def refused(name, raw, *statuses):
    """Answered with one of these (400 unless said), and then the connection closes."""
    return Case(name, raw, frozenset(statuses or (400,)), False)


def answered(name, raw, status):
    """Answered, and the connection stays in step."""
    return Case(name, raw, frozenset((status,)), True)


def answered_or_refused(name, raw, status, refusal=400):
    """libmicrohttpd 0.9 and 1.0 differ, and either will do."""
    return Case(name, raw, frozenset((status, refusal)), True, refusals=frozenset((refusal,)))


def accepted(name, raw, status, why):
    return Case(name, raw, frozenset((status,)), True, why)


def length(value, body=b"hello"):
    return lines(POST, HOST, JSON, f"Content-Length: {value}") + body


def coding(value, body=b"0\r\n\r\n"):
    return lines(POST, HOST, JSON, f"Transfer-Encoding: {value}") + body


def chunks(body):
    return lines(POST, HOST, JSON, CHUNKED) + body


def target(text, method="GET"):
    return lines(f"{method} {text} HTTP/1.1", HOST)


def first_line(text):
    return lines(text, HOST)


def header(*texts):
    return lines(GET, HOST, *texts)


LENGTHS = [
    refused("length_and_coding", lines(POST, HOST, JSON, "Content-Length: 5", CHUNKED) + b"0\r\n\r\n"),
    refused("coding_and_length_hiding_a_request",
            lines(POST, HOST, JSON, CHUNKED, f"Content-Length: {5 + len(SMUGGLED)}") + b"0\r\n\r\n" + SMUGGLED),
    refused("length_and_coding_on_get", lines(GET, HOST, "Content-Length: 0", CHUNKED) + b"0\r\n\r\n"),
    refused("length_and_unknown_coding", lines(POST, HOST, JSON, "Content-Length: 5", "Transfer-Encoding: x") + b"hello"),
    refused("length_twice_the_same", lines(POST, HOST, JSON, "Content-Length: 5", "Content-Length: 5") + b"hello"),
    refused("length_twice_hiding_a_request",
            lines(POST, HOST, JSON, "Content-Length: 0", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED),
    refused("length_twice_in_other_case", lines(POST, HOST, JSON, "content-length: 5", "CONTENT-LENGTH: 6") + b"hello"),
    refused("length_list", length("5, 5")),
    refused("length_plus", length("+5")),
    refused("length_minus", length("-5")),
    refused("length_hexadecimal", length("0x5")),
    refused("length_exponent", length("5e0")),
    refused("length_fraction", length("5.0")),
    refused("length_inner_blank", length("5 5")),
    refused("length_empty", length("")),
    refused("length_words", length("five")),
    refused("length_19_digits", length("1000000000000000000"), 400, 413),
    refused("length_2_to_64_plus_5", length("18446744073709551621"), 400, 413),
    refused("length_vertical_tab", length("\x0b5")),
    refused("length_full_width_digit", length("\xef\xbc\x95")),
    refused("length_blank_before_colon", lines(POST, HOST, JSON, "Content-Length : 5") + b"hello"),
    answered("length_leading_zeros", length("0005"), 401),
]

CODINGS = [
    refused("coding_unknown", coding("xchunked"), 501, 400),
    refused("coding_identity", coding("identity"), 501, 400),
    refused("coding_quoted", coding('"chunked"'), 501, 400),
    refused("coding_with_parameter", coding("chunked;q=1"), 501, 400),
    refused("coding_empty", coding(""), 501, 400),
    refused("coding_gzip", coding("gzip"), 501, 400),
    refused("coding_gzip_chunked", coding("gzip, chunked")),
    refused("coding_chunked_chunked", coding("chunked, chunked")),
    refused("coding_chunked_identity", coding("chunked, identity")),
    refused("coding_trailing_comma", coding("chunked,")),
    refused("coding_twice", lines(POST, HOST, JSON, CHUNKED, "Transfer-Encoding: identity") + b"0\r\n\r\n"),
    refused("coding_blank_before_colon", lines(POST, HOST, JSON, "Transfer-Encoding : chunked") + b"0\r\n\r\n"),
    refused("coding_vertical_tab", coding("\x0bchunked")),
    refused("coding_in_http_1_0", lines(POST.replace("1.1", "1.0"), HOST, JSON, CHUNKED) + b"0\r\n\r\n"),
    answered("coding_other_case", coding("CHUNKED"), 401),
    answered("coding_after_tab", lines(POST, HOST, JSON, "Transfer-Encoding:\tchunked") + b"0\r\n\r\n", 401),
]

CHUNKS = [
    refused("chunk_size_words", chunks(b"zz\r\nhello\r\n0\r\n\r\n"), 400, CLOSED),
    refused("chunk_size_minus", chunks(b"-5\r\nhello\r\n0\r\n\r\n"), 400, CLOSED),
    refused("chunk_size_0x", chunks(b"0x5\r\nhello\r\n0\r\n\r\n"), 400, CLOSED),
    refused("chunk_size_empty", chunks(b"\r\nhello\r\n0\r\n\r\n"), 400, CLOSED),
    refused("chunk_size_leading_blank", chunks(b" 5\r\nhello\r\n0\r\n\r\n"), 400, CLOSED),
    refused("chunk_size_over_64_bits", chunks(b"10000000000000005\r\nhello\r\n0\r\n\r\n"), 400, 413, CLOSED),
    refused("chunk_longer_than_its_size", chunks(b"5\r\nhelloX\r\n0\r\n\r\n"), 400, CLOSED),
    refused("chunk_without_line_end", chunks(b"5\r\nhello0\r\n\r\n"), 400, CLOSED),
    refused("chunk_size_then_cr_only", chunks(b"5\rhello\r\n0\r\n\r\n"), 400, CLOSED),
    answered_or_refused("chunk_with_extension", chunks(b"5;a=b\r\nhello\r\n0\r\n\r\n"), 401),
    answered("chunk_size_leading_zeros", chunks(b"0005\r\nhello\r\n000\r\n\r\n"), 401),
    answered("chunk_trailer", chunks(b"5\r\nhello\r\n0\r\nX-Checksum: 1\r\n\r\n"), 401),
    answered("chunk_trailer_with_length", chunks(b"5\r\nhello\r\n0\r\nContent-Length: 99\r\n\r\n"), 401),
]

VERSIONS = [
    refused("version_0_9", b"GET /v1/regions/110000\r\n\r\n", 400, CLOSED),
    refused("version_missing", first_line("GET /v1/regions/110000"), 400, CLOSED),
    refused("version_1_2", first_line("GET /v1/regions/110000 HTTP/1.2")),
    refused("version_1_10", first_line("GET /v1/regions/110000 HTTP/1.10")),
    refused("version_01_1", first_line("GET /v1/regions/110000 HTTP/01.1"), 400, CLOSED),
    refused("version_2_0", first_line("GET /v1/regions/110000 HTTP/2.0"), 400, CLOSED),
    refused("version_lower_case", first_line("GET /v1/regions/110000 http/1.1"), 400, CLOSED),
    refused("version_comma", first_line("GET /v1/regions/110000 HTTP/1,1"), 400, CLOSED),
    refused("version_blank_inside", first_line("GET /v1/regions/110000 HTTP /1.1"), 400, CLOSED),
    refused("version_other_protocol", first_line("GET /v1/regions/110000 ICAP/1.0"), 400, CLOSED),
    refused("version_and_more", first_line("GET /v1/regions/110000 HTTP/1.1 more"), 400, CLOSED),
    refused("http_2_preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 501, CLOSED),
    refused("tls_client_hello", bytes.fromhex("160301000a0100000603030000000000") + b"\r\n\r\n", 400, 501, CLOSED),
]

REQUEST_LINES = [
    refused("method_unknown", first_line("PROPFIND /v1/regions/110000 HTTP/1.1"), 501),
    refused("method_trace", first_line("TRACE /v1/regions/110000 HTTP/1.1"), 501),
    refused("method_connect", first_line("CONNECT localhost:8080 HTTP/1.1"), 501),
    refused("method_lower_case", first_line("get /v1/regions/110000 HTTP/1.1"), 501),
    refused("method_with_nul", lines("GE\x00T /v1/regions/110000 HTTP/1.1", HOST), 400, 501, CLOSED),
    refused("method_empty", first_line(" /v1/regions/110000 HTTP/1.1"), 400, 501, CLOSED),
    refused("line_two_blanks", first_line("GET  /v1/regions/110000 HTTP/1.1"), 400, CLOSED),
    refused("line_tabs", first_line("GET\t/v1/regions/110000\tHTTP/1.1"), 400, 501, CLOSED),
    refused("line_leading_blank", first_line(" GET /v1/regions/110000 HTTP/1.1"), 400, 501, CLOSED),
    refused("line_cr_inside", first_line("GET /v1/regions/110000\rHTTP/1.1"), 400, CLOSED),
    refused("line_random_bytes", bytes(range(128, 256)) + b"\r\n\r\n", 400, 501, CLOSED),
]

TARGETS = [
    refused("target_absolute_form", target("http://localhost/v1/regions/110000")),
    refused("target_absolute_form_of_another", target("http://other.example/v1/regions/110000")),
    refused("target_authority_form", target("localhost:8080")),
    refused("target_asterisk_of_get", target("*")),
    answered("target_asterisk_of_options", target("*", "OPTIONS"), 404),
    refused("target_relative", target("v1/regions/110000")),
    refused("target_query_only", target("?limit=1")),
    refused("target_fragment", target("/v1/regions/110000#top")),
    refused("target_nul", target("/v1/regions/110000\x00.json"), 400, CLOSED),
    refused("target_control", target("/v1/regions/11\x010000")),
    refused("target_delete", target("/v1/regions/11\x7f0000")),
    refused("target_not_ascii", target("/v1/regions/\xe5\xbc\xa0")),
    refused("target_blank", target("/v1/regions/11 0000"), 400, CLOSED),
    refused("target_encoded_nul", target("/v1/regions/110000%00")),
    refused("target_encoded_line_end", target("/v1/regions/110000%0d%0aX-Y:1")),
    refused("target_percent_short", target("/v1/regions/11000%3")),
    refused("target_percent_words", target("/v1/regions/%zz0000")),
    refused("target_query_percent", target("/v1/regions?limit=%4")),
    refused("target_query_nul", target("/v1/regions?limit=1%00")),
    refused("target_query_quote", target('/v1/regions?limit="1"')),
    refused("target_backslash", target("/v1\\regions/110000")),
    answered("target_two_slashes", target("//v1/regions/110000"), 404),
    answered("target_inner_two_slashes", target("/v1//regions/110000"), 404),
    answered("target_dot", target("/v1/./regions/110000"), 404),
    answered("target_dot_dot", target("/v1/me/../regions/110000"), 404),
    answered("target_encoded_dot_dot", target("/v1/me/%2e%2E/regions/110000"), 404),
    answered("target_encoded_slash", target("/v1/regions%2f110000"), 404),
    answered("target_encoded_backslash", target("/v1/me/..%5cregions"), 404),
    answered("target_encoded_letters", target("/v1/%72egions/110000"), 404),
    answered("target_trailing_slash", target("/v1/regions/110000/"), 404),
]

HOSTS = [
    refused("host_missing", lines(GET)),
    refused("host_twice", header("Host: other.example")),
    refused("host_twice_the_same", header(HOST)),
    refused("host_empty", lines(GET, "Host:")),
    refused("host_with_user", lines(GET, "Host: user@localhost")),
    refused("host_with_path", lines(GET, "Host: localhost/v1")),
    refused("host_list", lines(GET, "Host: localhost, other.example")),
    refused("host_bad_port", lines(GET, "Host: localhost:http")),
    refused("host_port_too_large", lines(GET, "Host: localhost:65536")),
    refused("host_bare_ipv6", lines(GET, "Host: ::1")),
    refused("host_open_bracket", lines(GET, "Host: [::1")),
    refused("host_nul", lines(GET, "Host: local\x00host"), 400, CLOSED),
    refused("host_blank_before_colon", lines(GET, "Host : localhost")),
    Case("host_missing_in_http_1_0", lines(GET.replace("1.1", "1.0")), frozenset((200,)), False,
         "HTTP/1.0 has no Host, and old health checks send none"),
]

HEADERS = [
    refused("name_empty", header(": 1"), 400, CLOSED),
    refused("name_with_blank", header("X Y: 1")),
    refused("name_with_bracket", header("X(Y): 1")),
    refused("name_not_ascii", header("X-\xe5\xbc\xa0: 1")),
    refused("name_with_nul", header("X-\x00Y: 1"), 400, CLOSED),
    refused("name_empty_hiding_a_request", lines(GET, HOST, ":")[:-2] + SMUGGLED, 400, CLOSED),
    refused("line_of_nul_hiding_a_request", lines(GET, HOST, "\x00X: y")[:-2] + SMUGGLED, 400, CLOSED),
    refused("line_without_colon", header("Nonsense"), 400, CLOSED),
    refused("value_with_cr", header("X-Y: a\rb"), 400, CLOSED),
    refused("value_with_cr_and_a_header", header("X-Y: a\rTransfer-Encoding: chunked"), 400, CLOSED),
    refused("value_with_nul", header("X-Y: a\x00b"), 400, CLOSED),
    refused("value_with_control", header("X-Y: a\x01b")),
    refused("value_with_delete", header("X-Y: a\x7fb")),
    refused("fold_of_coding", lines(POST, HOST, JSON, "Transfer-Encoding:\r\n chunked") + b"0\r\n\r\n", 400, CLOSED),
    refused("fold_hiding_a_coding", lines(POST, HOST, JSON, "Content-Length: 5", "X-Y: a\r\n\tTransfer-Encoding: chunked") + b"hello",
            400, CLOSED),
    refused("fold_of_value", header("X-Y: a\r\n b"), 400, CLOSED),
    refused("fold_of_first_line", lines(GET, " Host: localhost"), 400, CLOSED),
    refused("authorization_twice", header("Authorization: Bearer a", "Authorization: Bearer b")),
    refused("type_twice", lines(POST, HOST, JSON, "Content-Type: text/plain", "Content-Length: 5") + b"hello"),
    refused("expect_unknown", lines(POST, HOST, JSON, "Expect: the-unexpected", "Content-Length: 5") + b"hello"),
    answered("upgrade_h2c", header("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"), 200),
    answered("upgrade_websocket", header("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"), 200),
    answered("underscore_for_hyphen", header("Content_Length: 5", "Transfer_Encoding: chunked"), 200),
    answered("value_with_tab_and_utf_8", header("X-Y: a\tb", "X-Z: \xe5\xbc\xa0"), 200),
]

LINE_ENDS = [
    accepted("leading_line_end", b"\r\n" + header(), 200, "RFC 9112 §2.2 asks servers to pass over it"),
    refused("bare_lf", header().replace(b"\r\n", b"\n"), 400, CLOSED),
    refused("bare_lf_once", header("X-Y: a").replace(b"a\r\n", b"a\n"), 400, CLOSED),
    refused("bare_lf_at_the_end", header("X-Y: a")[:-2] + b"\n", 400, CLOSED),
]

CASES = LENGTHS + CODINGS + CHUNKS + VERSIONS + REQUEST_LINES + TARGETS + HOSTS + HEADERS + LINE_ENDS
