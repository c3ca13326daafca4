"""Parts counted by workers of a Dask cluster: futures only, each part in a sandboxed job of the worker's machine."""
