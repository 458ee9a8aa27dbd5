"""The operations of openapi.yaml as the tests need them: who may call what, with which arguments, and the examples."""
# SPDX-License-Identifier: Apache-2.0
import base64
import dataclasses
import functools

from tests.harness.server import ROOT
from tools import openapi_document

DOCUMENT = openapi_document.load(ROOT / "openapi.yaml")


@dataclasses.dataclass(frozen=True, eq=False)
class Operation:
    name: str
    method: str
    path: str
    is_public: bool
    kinds: tuple
    roles: tuple
    path_parameters: tuple
    query_parameters: tuple
    statuses: tuple
    has_body: bool
    media: tuple
    client_kinds: tuple
    scope: str
    on_replica: bool
    samples: dict
    headers: dict
    body: dict
    ids: tuple  # (place, name) of each field that holds one
    csv: str
    binary: tuple  # (type, bytes) of a streamed body that is no text
    required_query: dict

    def url(self, **ids):
        """Ids that are not given are those of the contract's examples."""
        return self.path.format(**{**self.samples, **ids})

    def sending(self, body=None):
        """What of a request carries the body: the contract's example unless another is given."""
        if self.csv is not None:
            return {"content": self.csv.encode(), "headers": {"Content-Type": "text/csv"}}
        if self.binary is not None:
            return {"content": self.binary[1], "headers": {"Content-Type": self.binary[0]}}
        return {"json": self.body if body is None else body} if self.has_body else {}

    @property
    def success(self):
        return {int(status) for status in self.statuses if status.startswith("2")}

    @property
    def is_personal(self):
        """Whether its path names somebody."""
        return bool({"person_id", "account_id"} & set(self.path_parameters))

    @property
    def is_look(self):
        """Whether staff look at somebody with it, and change nothing."""
        return self.is_personal and self.method == "GET" and "staff" in self.kinds

    @property
    def is_list(self):
        return "cursor" in self.query_parameters

    def __str__(self):
        return self.name


def _ids(resolve, parameters, content):
    fields = [(p["in"], p["name"], resolve(p["schema"])) for p in parameters]
    fields += [("body", name, resolve(s)) for name, s in resolve(content.get("schema", {})).get("properties", {}).items()]
    return tuple((place, name) for place, name, schema in fields if schema.get("format") == "uuid")


def _binary(contents):
    found = [(name, base64.b64decode(media["example"])) for name, media in contents.items()
             if media.get("schema", {}).get("format") == "binary"]
    return found[-1] if found else None


def _operation(path, method, item, operation):
    resolve = functools.partial(openapi_document.resolve, DOCUMENT)
    parameters = [resolve(p) for p in [*item.get("parameters", []), *operation.get("parameters", [])]]
    success = resolve(operation["responses"].get("200", {}))
    contents = resolve(operation.get("requestBody", {})).get("content", {})
    content = contents.get("application/json", {})
    examples = [e["value"] for e in content.get("examples", {}).values()]
    return Operation(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        is_public=operation.get("security") == [],
        kinds=tuple(operation.get("x-kinds", ())),
        roles=tuple(operation.get("x-roles", ())),
        path_parameters=tuple(p["name"] for p in parameters if p["in"] == "path"),
        query_parameters=tuple(p["name"] for p in parameters if p["in"] == "query"),
        statuses=tuple(operation["responses"]),
        has_body="requestBody" in operation,
        media=tuple(success.get("content", {})),
        client_kinds=tuple(operation.get("x-client-kinds", ())),
        scope=operation.get("x-scope"),
        on_replica=operation.get("x-replica", False),
        samples={p["name"]: p["example"] for p in parameters if p["in"] == "path"},
        headers={p["name"]: p["example"] for p in parameters if p["in"] == "header" and p.get("required")},
        body=content.get("example", examples[0] if examples else None),
        binary=_binary(contents),
        csv=contents.get("text/csv", {}).get("example"),
        required_query={p["name"]: p["example"] for p in parameters if p["in"] == "query" and p.get("required")},
        ids=_ids(resolve, parameters, content),
    )


OPERATIONS = [_operation(*found) for found in openapi_document.operations(DOCUMENT)]
BY_NAME = {operation.name: operation for operation in OPERATIONS}


def methods_by_path():
    paths = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, set()).add(operation.method)
    return paths


def examples():
    """(operation, example) in the order of the file."""
    for path, method, _, operation in openapi_document.operations(DOCUMENT):
        wanted = operation["x-example-request"]
        for example in wanted if isinstance(wanted, list) else [wanted]:
            yield BY_NAME[operation["operationId"]], example
