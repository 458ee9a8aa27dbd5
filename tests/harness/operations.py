"""The operations of openapi.yaml as the tests need them: who may call what, with which arguments, and the examples."""
# SPDX-License-Identifier: Apache-2.0
import dataclasses
import functools

from tests.harness.server import ROOT
from tools import openapi_document

DOCUMENT = openapi_document.load(ROOT / "openapi.yaml")
SAMPLES = {
    "region_code": "620500",
    "person_id": "018f3a52-7c00-7a10-9d3c-5b1f0a2e4c68",
    "account_id": "018f3a52-7c01-7a11-9d3c-5b1f0a2e4c68",
    "token_id": "018f3a60-1d00-7000-8b52-6a1c9e4f2d70",
}


@dataclasses.dataclass(frozen=True)
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

    def url(self, **ids):
        return self.path.format(**{**SAMPLES, **ids})

    @property
    def is_list(self):
        return "cursor" in self.query_parameters

    def __str__(self):
        return self.name


def _operation(path, method, item, operation):
    resolve = functools.partial(openapi_document.resolve, DOCUMENT)
    parameters = [resolve(p) for p in [*item.get("parameters", []), *operation.get("parameters", [])]]
    success = resolve(operation["responses"].get("200", {}))
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
