"""Checks replies against openapi.yaml and remembers which operations and statuses were seen.

    from tests.contract.contract import Contract

    contract = Contract()
    contract.check(request, response)            # httpx objects; AssertionError with every difference
    contract.validate("GET", url, status, headers, body)          # the same as a list of texts, [] when all is well
    assert contract.unseen() == set()            # at the end of the suite: {("getMe", 200), …}

`validate` takes the path with or without query or origin, headers as mapping or list of pairs, and the body as bytes. A status or
header that openapi.yaml does not name is a difference, but for Date, Content-Length, Content-Type and hop-by-hop headers. OPTIONS,
HEAD, 404 of unknown paths, 405 and replies to broken requests are checked too, so every reply of a suite can go through it: hook it
into the HTTP client once.

A shared response with `x-seen: anywhere` counts once for all operations, as ("*", 413); one with `x-seen: optional` need not be seen.
Suites that run in several processes merge with `contract.save(path)`, which adds to the file, and `contract.load_seen(path)`.
"""
# SPDX-License-Identifier: Apache-2.0
import csv
import io
import json
import pathlib
import re
import threading
import urllib.parse
import warnings

import jsonschema
from tools.openapi_document import load, operations, resolve

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# Date, framing and hop-by-hop: HTTP's own, in no contract.
UNLISTED = {"date", "content-length", "content-type", "connection", "keep-alive", "transfer-encoding", "te", "trailer",
            "upgrade", "proxy-authenticate", "proxy-authorization",
            "strict-transport-security"}  # of the proxy in front
BROKEN = (400, 404, 408, 413, 414, 415, 429, 431, 500, 501, 503)  # may answer a request that reached no operation
FORMATS = jsonschema.FormatChecker(formats=())
warnings.filterwarnings("ignore", category=DeprecationWarning, module=__name__)


def format_check(name, pattern):
    FORMATS.checks(name)(lambda value: not isinstance(value, str) or re.fullmatch(pattern, value) is not None)


DATE = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
format_check("uuid", r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
format_check("date", DATE)
format_check("date-time", DATE + r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)")
format_check("month", r"\d{4}-(0[1-9]|1[0-2])")
format_check("region-code", r"\d{6}")
format_check("uri", r"[a-z][a-z0-9+.-]*:\S+")


@FORMATS.checks("int64")
def is_int64(value):
    return not isinstance(value, int) or -2**63 <= value < 2**63


def refuse_repeated(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError("a member stands twice")
    return dict(pairs)


class Contract:
    def __init__(self, path=ROOT / "openapi.yaml"):
        self.document = load(path)
        self.seen = set()
        self.of_thread = threading.local()
        self.problems = {problem["code"]: problem["status"] for problem in self.document["x-problems"]}
        components = self.document["components"]
        self.shared = {}
        for response in components["responses"].values():
            self.shared[self.problem_status(response)] = response
        self.everywhere = {}
        for name, header in components["headers"].items():
            if header.get("x-everywhere"):
                self.everywhere[re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()] = header
        self.routes = {}
        for template, method, _, operation in operations(self.document):
            pattern = re.compile(re.sub(r"\\{[a-z_]+\\}", "[^/]+", re.escape(template)))
            self.routes.setdefault(template, (pattern, {}))[1][method.upper()] = operation

    def problem_status(self, response):
        content = response["content"]["application/problem+json"]
        value = content["example"] if "example" in content else next(iter(content["examples"].values()))["value"]
        return value["status"]

    # --- one reply ------------------------------------------------------------------------------------------------

    def check(self, request, response, target=None):
        """Of httpx; `target` where it went out otherwise than the request says."""
        path = target or request.url.raw_path.decode("ascii")
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw]
        faults = self.validate(request.method, path, response.status_code, headers, response.content)
        assert not faults, "\n".join(faults)

    def find(self, url_path):
        """The template and operations by method of a path, literal segments first; None when there are none."""
        path = urllib.parse.urlsplit(url_path).path
        fits = [(template.count("{"), template) for template, (pattern, _) in self.routes.items()
                if pattern.fullmatch(path)]
        return (min(fits)[1], self.routes[min(fits)[1]][1]) if fits else None

    def validate(self, method, url_path, status, headers, body=b""):
        pairs = list(headers.items()) if hasattr(headers, "items") else list(headers)
        fields = {}
        for name, value in pairs:
            fields.setdefault(name.lower(), []).append(value)
        body = body.encode() if isinstance(body, str) else body or b""
        where = f"{method} {url_path} → {status}"
        operation, response, fault = self.expect(method, url_path, status)
        if fault:
            return [f"{where}: {fault}"]
        name = operation["operationId"] if operation else "*"
        self.seen.add((name, status))
        faults = [*self.check_headers(response, fields), *self.check_body(method, status, response, fields, body)]
        return [f"{where}: {text}" for text in faults]

    def expect(self, method, url_path, status):
        """(operation or None, response, fault or None)"""
        found = self.find(url_path)
        by_method = found[1] if found else {}
        operation = by_method.get("GET" if method == "HEAD" else method)
        if operation is not None:
            response = resolve(self.document, operation["responses"].get(str(status)))
            if response is None and status in (400, 501) and status in self.shared:
                response = self.shared[status]  # broken framing on any path
            return operation, response, None if response else "the operation does not document this status"
        if method == "OPTIONS" and status == 204 and found:
            headers = self.document["components"]["headers"]
            names = {"X-Request-Id": "RequestId", "Allow": "Allow", "RateLimit": "RateLimit",
                     "RateLimit-Policy": "RateLimitPolicy", "Cache-Control": "CacheControl", "Vary": "Vary"}
            return None, {"headers": {key: headers[value] for key, value in names.items()}}, None
        allowed = (*BROKEN, 405) if found else BROKEN
        if status in allowed and status in self.shared and not (found and status == 404):
            return None, self.shared[status], None
        return None, None, "no operation here, and not how that is answered"

    def check_headers(self, response, fields):
        documented = {name.lower(): resolve(self.document, header) for name, header in response.get("headers", {}).items()}
        for name, values in fields.items():
            header = documented.get(name) or self.everywhere.get(name)
            if header is None:
                if name not in UNLISTED:
                    yield f"header {name} is not documented"
                continue
            for value in values if name != "vary" else [", ".join(values)]:
                yield from (f"header {name}: {text}" for text in self.check_header(header, value))
            if len(values) > 1 and name != "vary":
                yield f"header {name} stands {len(values)} times"
        for name, header in documented.items():
            if header.get("required") and name not in fields:
                yield f"header {name} is missing"

    def check_header(self, header, value):
        schema = resolve(self.document, header["schema"])
        if schema.get("type") == "integer":
            if not re.fullmatch(r"-?\d+", value):
                return ["not an integer"]
            value = int(value)
        return self.check_schema(schema, value)

    def check_body(self, method, status, response, fields, body):
        content = response.get("content", {})
        media = fields.get("content-type", [""])[0].split(";")[0].strip().lower()
        if not content:
            if body:
                yield "a body, but none is documented"
            return
        if media not in content:
            yield f"Content-Type {media or 'missing'} is not among {', '.join(content)}"
            return
        if method == "HEAD":
            if body:
                yield "a body in answer to HEAD"
            return
        if media == "text/csv":
            yield from self.check_csv(content[media], body)
            return
        if media == "text/plain":
            yield from self.check_text(content[media], body)
            return
        if content[media].get("schema", {}).get("format") == "binary":
            return
        try:
            value = json.loads(body.decode("utf-8"), object_pairs_hook=refuse_repeated)
        except ValueError as error:
            yield f"the body is not JSON: {error}"
            return
        yield from self.check_schema(content[media]["schema"], value)
        if media == "application/problem+json":
            yield from self.check_problem(status, value)

    def resolver(self):
        """One for each thread: it looks through the whole document once, which takes longer than everything else."""
        if not hasattr(self.of_thread, "resolver"):
            self.of_thread.resolver = jsonschema.RefResolver("", self.document)
        return self.of_thread.resolver

    def check_schema(self, schema, value):
        validator = jsonschema.Draft202012Validator(schema, resolver=self.resolver(), format_checker=FORMATS)
        for error in validator.iter_errors(value):
            yield f"{'/'.join(map(str, error.absolute_path)) or 'value'}: {error.message}"

    def check_problem(self, status, value):
        code = value.get("code")
        if value.get("status") != status or self.problems.get(code) != status:
            yield f"status {value.get('status')} and code {code} do not belong to {status}"
        if value.get("type") != f"urn:yibaod:problem:{code}":
            yield f"type {value.get('type')} does not name the code"
        if "errors" in value and code != "validation_failed":
            yield "errors stand only with validation_failed"

    def check_text(self, media, body):
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            yield "the text is not UTF-8"
            return
        yield from self.check_schema(media.get("schema", {}), text)

    def check_csv(self, media, body):
        try:
            text = body.decode("utf-8")
        except ValueError as error:
            yield f"the body is not UTF-8: {error}"
            return
        if text.startswith("\ufeff"):
            yield "the CSV starts with a byte order mark"
        if not text.endswith("\r\n"):
            yield "the CSV does not end with CRLF"
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
        columns = media["example"].split("\n")[0].split(",")
        if not rows or rows[0] != columns:
            yield f"the CSV's columns are {rows[:1]}, not {columns}"
        for number, row in enumerate(rows[1:], 2):
            if len(row) != len(columns):
                yield f"CSV row {number} has {len(row)} fields, not {len(columns)}"

    # --- the whole suite ------------------------------------------------------------------------------------------

    def documented(self):
        """Every (operationId, status) that must be seen; ("*", status) for what one operation must show."""
        needed = set()
        for _, _, _, operation in operations(self.document):
            for status, raw in operation["responses"].items():
                how = resolve(self.document, raw).get("x-seen")
                if how != "optional":
                    needed.add(("*" if how == "anywhere" else operation["operationId"], int(status)))
        needed.update(("*", status) for status, response in self.shared.items() if response.get("x-seen") == "anywhere")
        return needed

    def unseen(self):
        statuses = {status for _, status in self.seen}
        return {pair for pair in self.documented() - self.seen if pair[0] != "*" or pair[1] not in statuses}

    def save(self, path):
        self.load_seen(path)
        pathlib.Path(path).write_text(json.dumps(sorted(self.seen)), encoding="utf-8")

    def load_seen(self, path):
        if pathlib.Path(path).exists():
            self.seen |= {tuple(pair) for pair in json.loads(pathlib.Path(path).read_text(encoding="utf-8"))}
