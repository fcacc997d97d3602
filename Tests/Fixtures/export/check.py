#!/usr/bin/env python3
"""Reads small.parquet beside it with pyarrow (pip install pyarrow) and checks every value of it.

The file is what ExportTests writes; it was checked with pyarrow 26.0.1 and holds three rows of five columns, two of which may be missing.
"""
import math
import pathlib

import pyarrow.parquet

table = pyarrow.parquet.read_table(pathlib.Path(__file__).with_name("small.parquet"))
assert [str(field.type) for field in table.schema] == ["string", "int32", "int64", "float", "double"], table.schema
assert [field.nullable for field in table.schema] == [False, False, True, False, True], table.schema
rows = table.to_pydict()
assert rows["file"] == ['a,"b".png', "\U0001F600\n\x01\\", ""], rows
assert rows["label"] == [-1, 2147483647, 0], rows
assert rows["spikes"] == [1 << 40, None, None], rows
assert math.isclose(rows["score"][0], 0.1, rel_tol=1e-7) and math.isclose(rows["score"][1], -1.5e-30, rel_tol=1e-6), rows
assert rows["score"][2] == math.inf, rows
assert rows["rate"] == [None, 0.1, -2.0], rows
print("small.parquet: as expected")
