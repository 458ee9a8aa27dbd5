"""Reads openapi.yaml the way all tools and tests see it: with line numbers, local references, dates as text."""
# SPDX-License-Identifier: Apache-2.0
import pathlib

import yaml


class Fault(Exception):
    """Something wrong in the contract; the text names file, line and what."""


class Node(dict):
    """A YAML mapping that remembers where it stood."""

    path = "?"
    line = 0

    def fault(self, what):
        return Fault(f"{self.path}:{self.line}: {what}")


class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """No timestamps (an example date is text), and only true/false are booleans, as in YAML 1.2."""

    source = "?"

    def mapping(self, node):
        result = Node()
        result.path, result.line = self.source, node.start_mark.line + 1
        yield result
        for key_node, value_node in node.value:
            key = str(self.construct_object(key_node, deep=True))
            if key in result:
                raise Fault(f"{self.source}:{key_node.start_mark.line + 1}: “{key}” stands twice")
            result[key] = self.construct_object(value_node, deep=True)


def boolean_or_dropped(first, resolvers):
    keep = [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    return keep if first in "tTfF" else [r for r in keep if r[0] != "tag:yaml.org,2002:bool"]


Loader.add_constructor("tag:yaml.org,2002:map", Loader.mapping)
Loader.yaml_implicit_resolvers = {
    first: boolean_or_dropped(first, resolvers) for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path):
    path = pathlib.Path(path)
    loader = Loader(path.read_text(encoding="utf-8"))
    loader.source = str(path)
    try:
        document = loader.get_single_data()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Fault(f"{path}:{mark.line + 1 if mark else 1}: {getattr(error, 'problem', error)}") from error
    if not isinstance(document, Node):
        raise Fault(f"{path}:1: not a mapping")
    return document


def resolve(document, node):
    """Follows local references until something else stands there."""
    for _ in range(16):
        if not isinstance(node, dict) or "$ref" not in node:
            return node
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            if not node["$ref"].startswith("#/") or not isinstance(target, dict) or part not in target:
                raise node.fault(f"reference {node['$ref']} leads nowhere")
            target = target[part]
        node = target
    raise Fault(f"{document.path}: a reference goes round in circles")


def need(node, key, kind, where):
    value = node.get(key)
    if not isinstance(value, kind) or isinstance(value, bool) and kind is not bool:
        raise node.fault(f"{where}: “{key}” is missing or has the wrong type")
    return value


METHODS = ("get", "post", "put", "patch", "delete")


def operations(document):
    """Every (path, method, path item, operation), in the order of the file."""
    for path, item in document.get("paths", Node()).items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, method, item, operation
