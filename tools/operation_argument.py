"""Reads one parameter or body field of openapi.yaml as a row of the generated arg_info table."""
# SPDX-License-Identifier: Apache-2.0
from openapi_document import need, resolve

FORMATS = {"uuid": "ARG_UUID", "date": "ARG_DATE", "month": "ARG_MONTH", "date-time": "ARG_INSTANT",
           "region-code": "ARG_REGION"}
INT64 = (-2**63, 2**63 - 1)


class Argument:
    """One row of the generated arg_info table."""

    def __init__(self, document, name, place, schema, required, where):
        self.document, self.name, self.place, self.required = document, name, place, required
        self.where, self.schema = f"{where}: argument “{name}”", schema
        self.type = self.item_type = None
        self.minimum = self.maximum = self.items_minimum = self.items_maximum = 0
        self.choices = None
        self.default = None
        self.fields = []  # of the objects of a list
        self.read()

    def fault(self, what):
        return self.schema.fault(f"{self.where}: {what}")

    def read(self):
        kind = self.schema.get("type")
        if kind == "integer":
            self.type = "ARG_INTEGER"
            self.minimum = need(self.schema, "minimum", int, self.where)
            self.maximum = need(self.schema, "maximum", int, self.where)
        elif kind == "boolean":
            self.type = "ARG_BOOLEAN"
            self.maximum = 1
        elif kind == "array":
            self.read_array()
        elif kind == "string":
            self.type = self.read_text(self.schema)
        else:
            raise self.fault(f"type {kind!r} is not supported; integer, boolean, string or an array of strings or objects is")
        if not INT64[0] <= self.minimum <= self.maximum <= INT64[1]:
            raise self.fault(f"minimum {self.minimum} and maximum {self.maximum} contradict")
        self.read_default()

    def read_array(self):
        items = resolve(self.document, self.schema.get("items", {}))
        if items.get("type") not in ("string", "object") or self.place != "ARG_BODY":
            raise self.fault("only arrays of strings or objects in a body are supported")
        if items["type"] == "object":
            self.read_objects(items)
        else:
            self.read_texts(items)
        self.items_minimum = self.schema.get("minItems", 0)
        self.items_maximum = need(self.schema, "maxItems", int, self.where)
        if not 0 <= self.items_minimum <= self.items_maximum:
            raise self.fault("minItems and maxItems contradict")

    def read_texts(self, items):
        if self.schema.get("uniqueItems") is not True:
            raise self.fault("an array of strings needs “uniqueItems: true”, which the program enforces")
        self.type, self.item_type = "ARG_TEXTS", self.read_text(items)
        if self.item_type not in ("ARG_TEXT", "ARG_REGION"):
            raise self.fault("array items may be plain text or region-code")

    def read_objects(self, items):
        properties, required = items.get("properties", {}), items.get("required", [])
        if items.get("additionalProperties") is not False or not properties or not set(required) <= set(properties):
            raise self.fault("objects of an array need properties and “additionalProperties: false”")
        if self.schema.get("uniqueItems") is not None:
            raise self.fault("whether objects of an array differ is not enforced")
        self.type = "ARG_OBJECTS"
        for name, raw in properties.items():
            schema = resolve(self.document, raw)
            self.fields.append(Argument(self.document, name, self.place, schema, name in required, self.where))
            if self.fields[-1].type in ("ARG_TEXTS", "ARG_OBJECTS") or self.fields[-1].default is not None:
                raise self.fault(f"field “{name}”: no array and no default stands in an object of an array")

    def read_text(self, schema):
        form = schema.get("format")
        if form is not None and form not in FORMATS:
            raise self.fault(f"format “{form}” is not known: {' '.join(FORMATS)}")
        if form in ("month", "region-code") and "pattern" not in schema:
            raise self.fault(f"format {form} needs its pattern beside it")
        if form is None and "pattern" in schema:
            raise self.fault("a pattern without a format would not be enforced")
        if "enum" in schema:
            self.choices = schema["enum"]
            if not self.choices or not all(isinstance(c, str) and c for c in self.choices):
                raise self.fault("enum must list texts")
            if len(set(self.choices)) != len(self.choices):
                raise self.fault("enum names a value twice")
            self.minimum, self.maximum = 1, max(map(len, self.choices))
        elif form is None:
            self.minimum = schema.get("minLength", 0)
            self.maximum = need(schema, "maxLength", int, self.where)
        return FORMATS.get(form, "ARG_TEXT")

    def read_default(self):
        if "default" not in self.schema:
            return
        default = self.schema["default"]
        if self.required:
            raise self.fault("required and a default contradict")
        wanted = {"ARG_INTEGER": int, "ARG_BOOLEAN": bool}.get(self.type)
        if wanted is None or type(default) is not wanted or not self.minimum <= default <= self.maximum:
            raise self.fault("a default must be an integer or boolean within its limits")
        self.default = int(default)
