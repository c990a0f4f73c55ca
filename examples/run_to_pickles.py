"""Turns the tables of an exported run into the pickles that the Python programs name.

    python run_to_pickles.py [FOLDER]

needs pandas and pyarrow. A returns file becomes a Series, a matrix a DataFrame, both on a DatetimeIndex without zone; the parquet files
stay. `sleeve import` refuses a folder that holds two different streams for one profile, so the numbers are copied and never changed.
"""
import pathlib
import sys

import pandas

folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
for file in sorted(folder.rglob("data/**/*.parquet")):
    frame = pandas.read_parquet(file)
    thing = frame.iloc[:, 0] if file.parent.name == "returns" else frame
    thing.to_pickle(file.with_suffix(".pkl"))
    print(file.with_suffix(".pkl"))
