"""The versions that a record names beside its numbers."""

from importlib.metadata import PackageNotFoundError, version

_REPORTED = (
    *("plumbline", "numpy", "pyarrow", "scipy", "aif360"),
    *("torch", "onnxruntime", "skops", "scikit-learn", "pillow"),
)


def versions() -> dict[str, str]:
    """The versions of the packages that compute what is reported."""
    found = {}
    for package in _REPORTED:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
