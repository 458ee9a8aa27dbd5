"""Writes the C text of build/generated/operations.{h,c} from what generate_operations.py has read and checked."""
# SPDX-License-Identifier: Apache-2.0
import re

BANNER = ["/* Generated from openapi.yaml by tools/generate_operations.py: do not edit. */",
          "/* SPDX-License-Identifier: Apache-2.0 */"]


def c_string(text):
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(escapes.get(c, c) for c in text.strip()) + '"'


def c_bool(value):
    return "true" if value else "false"


def c_int64(value):
    return "INT64_MIN" if value == -2**63 else f"INT64_C({value})"


def constant(operation, argument):
    return re.sub(r"[^A-Z0-9]", "_", f"{operation.name}_{argument.name}".upper())


def field_constant(operation, argument, field):
    return f"{constant(operation, argument)}_{field.name.upper()}"


def bits(prefix, names, shift=False):
    terms = [f"1u << {prefix}{name.upper()}" if shift else f"{prefix}{name.upper()}" for name in names]
    return " | ".join(terms) or "0"


def header_text(operations, problems):
    # A guard by name, not by file: a unit test may include a smaller table of its own first.
    out = [*BANNER, "#ifndef YIBAO_OPERATIONS_H", "#define YIBAO_OPERATIONS_H", "", "enum operation {",
           "    OPERATION_NONE, /* no route, or none yet */"]
    out += [f"    OPERATION_{o.name.upper()}," for o in operations]
    out += ["    OPERATION_COUNT,", "};"]
    for o in operations:
        if o.arguments:
            out += ["", f"enum {o.name}_argument {{"]
            out += [f"    {constant(o, a)}," for a in o.arguments]
            out.append("};")
        for a in o.arguments:
            if a.fields:
                out += ["", f"enum {constant(o, a).lower()}_field {{"]
                out += [f"    {field_constant(o, a, f)}," for f in a.fields]
                out += [f"    {constant(o, a)}_FIELDS", "};"]
    out += ["", "/* In order of precedence. */", "enum problem {", "    PROBLEM_NONE,"]
    out += [f"    PROBLEM_{p['code'].upper()}," for p in problems]
    out += ["    PROBLEM_COUNT,", "};", "", "#endif"]
    return "\n".join(out) + "\n"


def source_text(operations, problems, methods, argument_headers, with_handlers):
    out = [*BANNER, '#include "server/http/operation.h"', '#include "server/http/router.h"', ""]
    if with_handlers:
        out += [f"extern const struct handler {o.name}_handler;" for o in operations]
    for o in operations:
        out += argument_lines(o)
    out += ["", "const struct operation_info operation_infos[] = {"]
    out += ['    [OPERATION_NONE] = {.name = "none", .route = "unmatched", .method = METHOD_COUNT, .media = MEDIA_JSON},']
    for o in operations:
        out += operation_lines(o, with_handlers)
    listed = ", ".join(c_string(name) for name in argument_headers)
    out += ["};", "", f"const char *const argument_headers[] = {{{listed}, NULL}};"]
    out += ["", "const struct problem_info problem_infos[] = {",
            '    [PROBLEM_NONE] = {.code = "none", .status = 200},']
    for p in problems:
        texts = ", ".join(f".{key} = {c_string(p[key])}" for key in ("title_zh", "title_en", "detail_zh", "detail_en"))
        out.append(f"    [PROBLEM_{p['code'].upper()}] = {{.code = {c_string(p['code'])}, .status = {p['status']}, "
                   f".retryable = {c_bool(p['retryable'])}, {texts}}},")
    return "\n".join([*out, "};", "", *route_lines(operations, methods)]) + "\n"


def argument_lines(operation):
    if not operation.arguments:
        return []
    out = [""]
    for a in operation.arguments:
        if a.fields:
            named = [(field_constant(operation, a, field), field) for field in a.fields]
            out += table_lines(f"{constant(operation, a).lower()}_fields", named)
    return out + table_lines(f"{operation.name}_args", [(constant(operation, a), a) for a in operation.arguments])


def table_lines(table, named):
    """A table of arg_info; `named` are pairs of constant and argument."""
    out = []
    for name, a in named:
        if a.choices:
            listed = ", ".join(c_string(choice) for choice in a.choices)
            out.append(f"static const char *const {name.lower()}_choices[] = {{{listed}, NULL}};")
    out.append(f"static const struct arg_info {table}[] = {{")
    for name, a in named:
        fields = [f".name = {c_string(a.name)}", f".place = {a.place}", f".type = {a.type}"]
        if a.item_type:
            fields.append(f".item_type = {a.item_type}")
        fields.append(f".required = {c_bool(a.required)}")
        for key in ("minimum", "maximum", "items_minimum", "items_maximum"):
            if getattr(a, key):
                fields.append(f".{key} = {c_int64(getattr(a, key))}")
        if a.choices:
            fields.append(f".choices = {name.lower()}_choices")
        if a.default is not None:
            fields += [".has_default = true", f".default_number = {c_int64(a.default)}"]
        if a.fields:
            fields += [f".fields = {name.lower()}_fields", f".fields_count = {name}_FIELDS"]
        out.append(f"    [{name}] = {{{', '.join(fields)}}},")
    return [*out, "};"]


def client_lines(o):
    kinds = [f"        .client_kinds = {bits('CLIENT_', o.client_kinds, shift=True)},"] if o.client_kinds else []
    scope = [f"        .scope = {{{c_string(o.scope)}, {len(o.scope)}}},"] if o.scope else []
    return kinds + scope


def operation_lines(o, with_handlers):
    out = [f"    [OPERATION_{o.name.upper()}] = {{", f"        .name = {c_string(o.name)},",
           f"        .route = {c_string(o.path)},", f"        .method = METHOD_{o.method.upper()},",
           f"        .kinds = {bits('PRINCIPAL_', o.kinds, shift=True)},", f"        .roles = {bits('ROLE_', o.roles)},",
           *client_lines(o),
           f"        .media = {' | '.join(o.media)},", f"        .body_limit_bytes = {o.body_limit_bytes},"]
    if o.streams_body:
        out.append(f"        .body_media = {' | '.join(o.body_media)},")
        out.append("        .streams_body = true,")
    if o.on_replica:
        out.append("        .on_replica = true,")
    if o.arguments:
        out += [f"        .args_count = {len(o.arguments)},", f"        .args = {o.name}_args,"]
    out.append(f"        .handler = {f'&{o.name}_handler' if with_handlers else 'NULL'},")
    return [*out, "    },"]


class RouteNode:
    def __init__(self, literal):
        self.literal = literal
        self.children = {}
        self.operations = {}


def route_lines(operations, methods):
    root = RouteNode("")
    for o in operations:
        node = root
        for segment in o.segments:
            literal = "" if segment.startswith("{") else segment
            node = node.children.setdefault(literal, RouteNode(literal))
        node.operations[o.method] = o.name
    # Breadth first, so that the children of one node stand together.
    nodes, firsts = [root], {}
    for node in nodes:
        firsts[id(node)] = len(nodes)
        nodes += sorted(node.children.values(), key=lambda child: (child.literal == "", child.literal))
    out = ["const struct route_node route_nodes[] = {"]
    for index, node in enumerate(nodes):
        fields = [f".literal = {{{c_string(node.literal)}, {len(node.literal)}}}"] if node.literal else []
        fields.append(f".first_child = {firsts[id(node)]}, .children_count = {len(node.children)}")
        if node.operations:
            fields.append(f".allow = {c_string(allow_text(node, methods))}")
            pairs = [f"[METHOD_{m.upper()}] = OPERATION_{name.upper()}" for m, name in node.operations.items()]
            fields.append(f".operations = {{{', '.join(pairs)}}}")
        out.append(f"    [{index}] = {{{', '.join(fields)}}},")
    return [*out, "};"]


def allow_text(node, methods):
    allowed = [method.upper() for method in methods if method in node.operations]
    if "GET" in allowed:
        allowed.insert(1, "HEAD")
    return ", ".join([*allowed, "OPTIONS"])
