"""The performance set in pandas; prints what it found and took, as the other contenders do."""
import hashlib
import json
import resource
import sys
import time

import pandas as pd

start, cpu = time.perf_counter(), time.process_time()
df = pd.read_csv(sys.argv[1], sep="|", dtype=str, keep_default_na=False)
filled = {name: df[name] != "" for name in df}
count = pd.to_numeric(df["cantidad"].where(df["cantidad"].str.fullmatch(r"[+-]?\d+")), errors="coerce")
price = df["precio"].str.fullmatch(r"[+-]?\d+(\.\d*)?")
checks = [
    ("REQUIRED_MISSING", "id", ~filled["id"]),
    ("TEXT_TOO_LONG", "cliente", df["cliente"].str.len() > 24),
    ("PATTERN_MISMATCH", "articulo", filled["articulo"] & ~df["articulo"].str.fullmatch(r"[A-Z]{3}-[0-9]{4}")),
    ("TYPE_DATE", "fecha", filled["fecha"] & pd.to_datetime(df["fecha"], format="%Y-%m-%d", errors="coerce").isna()),
    ("TYPE_INTEGER", "cantidad", filled["cantidad"] & count.isna()),
    ("VALUE_TOO_SMALL", "cantidad", count < 1),
    ("VALUE_TOO_LARGE", "cantidad", count > 500),
    ("TYPE_DECIMAL", "precio", filled["precio"] & ~price),
    ("SCALE_EXCEEDED", "precio", price & df["precio"].str.contains(r"\.\d{3,}$")),
    ("OPTION_INVALID", "estado", filled["estado"] & ~df["estado"].isin(["nuevo", "pagado", "enviado", "anulado"])),
    ("TYPE_BOOLEAN", "urgente", filled["urgente"] & ~df["urgente"].isin(["sí", "no"])),
]
places = [f"{row + 2} {code} {field}" for code, field, fails in checks for row in fails[fails].index]
taken = {"ms": (time.perf_counter() - start) * 1000, "cpuMs": (time.process_time() - cpu) * 1000}
digest = hashlib.sha256("\n".join(sorted(places)).encode()).hexdigest()
rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({**taken, "records": len(df), "count": len(places), "digest": digest, "rssMb": rss}))
