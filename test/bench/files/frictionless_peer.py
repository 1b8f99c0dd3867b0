"""The performance set in frictionless; prints what it found and took, as the other contenders do."""
import hashlib
import json
import os
import resource
import sys
import time

from frictionless import Checklist, Dialect, Resource, Schema, formats

CODES = {
    ("id", "constraint-error"): "REQUIRED_MISSING",
    ("cliente", "constraint-error"): "TEXT_TOO_LONG",
    ("articulo", "constraint-error"): "PATTERN_MISMATCH",
    ("fecha", "type-error"): "TYPE_DATE",
    ("cantidad", "type-error"): "TYPE_INTEGER",
    ("precio", "constraint-error"): "SCALE_EXCEEDED",
    ("estado", "constraint-error"): "OPTION_INVALID",
    ("urgente", "type-error"): "TYPE_BOOLEAN",
}
FIELDS = [
    {"name": "id", "type": "string", "constraints": {"required": True}},
    {"name": "cliente", "type": "string", "constraints": {"maxLength": 24}},
    {"name": "articulo", "type": "string", "constraints": {"pattern": "[A-Z]{3}-[0-9]{4}"}},
    {"name": "fecha", "type": "date"},
    {"name": "cantidad", "type": "integer", "constraints": {"minimum": 1, "maximum": 500}},
    {"name": "precio", "type": "string", "constraints": {"pattern": r"[+-]?\d+(\.\d{0,2})?"}},
    {"name": "estado", "type": "string", "constraints": {"enum": ["nuevo", "pagado", "enviado", "anulado"]}},
    {"name": "urgente", "type": "boolean", "trueValues": ["sí"], "falseValues": ["no"]},
]


def main() -> None:
    folder, name = os.path.split(sys.argv[1])
    start, cpu = time.perf_counter(), time.process_time()
    data = Resource(
        path=name,
        basepath=folder,
        schema=Schema.from_descriptor({"fields": FIELDS}),
        dialect=Dialect(controls=[formats.CsvControl(delimiter="|")]),
        encoding="utf-8",
    )
    report = data.validate(Checklist(), limit_errors=10_000_000)
    places = []
    for error in report.tasks[0].errors:
        field, kind = error.field_name, error.type
        code = CODES.get((field, kind))
        if code is None:
            code = "VALUE_TOO_SMALL" if "minimum" in error.note else "VALUE_TOO_LARGE"
        places.append(f"{error.row_number} {code} {field}")
    taken = {"ms": (time.perf_counter() - start) * 1000, "cpuMs": (time.process_time() - cpu) * 1000}
    digest = hashlib.sha256("\n".join(sorted(places)).encode()).hexdigest()
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    records = report.tasks[0].stats["rows"]
    print(json.dumps({**taken, "records": records, "count": len(places), "digest": digest, "rssMb": rss}))


# frictionless starts this file again in processes of its own.
if __name__ == "__main__":
    main()
