"""Environment variables that any program needs, to be told from those that may hold a key."""

from __future__ import annotations

from collections.abc import Mapping

from lifeline import MARK

_NAMES = frozenset(
    {
        # Who and where one is, and where programs lie.
        *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "TMPDIR", "TMP", "TEMP"),
        *("LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE"),
        *("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"),
        *("XDG_CONFIG_DIRS", "XDG_DATA_DIRS"),
        *("DISPLAY", "WAYLAND_DISPLAY", "TERM"),
        # How programs and modules are loaded.
        *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "VIRTUAL_ENV", "CONDA_PREFIX"),
        *("PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX", "PYTHONUNBUFFERED", "PYTHONWARNINGS"),
        *("JAVA_HOME", "SPARK_HOME"),
        # How the network is reached.
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
        *("GIT_SSL_CAINFO", "NIX_SSL_CERT_FILE", "PIP_CERT"),
        # How processors are used.
        *("CUDA_VISIBLE_DEVICES", "CUDA_HOME", "CUDA_PATH", "TF_CPP_MIN_LOG_LEVEL", "TOKENIZERS_PARALLELISM"),
        # What a day is, for builds that are to be the same.
        "SOURCE_DATE_EPOCH",
        # What macOS and Windows programs cannot do without.
        *("__CF_USER_TEXT_ENCODING", "SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "COMSPEC", "PATHEXT", "USERPROFILE"),
        *("APPDATA", "LOCALAPPDATA", "PROGRAMDATA", "NUMBER_OF_PROCESSORS", "PROCESSOR_ARCHITECTURE"),
        MARK,
    }
)

_NAMES_IN_ANY_CASE = frozenset({"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"})

_FAMILIES = ("OMP_", "OPENBLAS_", "GOTO_", "BLIS_", "MKL_", "KMP_", "VECLIB_", "NUMEXPR_", "LOCAL_SAGEMAKER_")

_OF_INSTALLERS = ("PIP_", "UV_")
"""The address of an index may hold a password."""


def needed(caller: Mapping[str, str]) -> dict[str, str]:
    """The variables of `caller` that any program needs."""
    return {name: value for name, value in caller.items() if _is_needed(name)}


def needed_to_install(caller: Mapping[str, str]) -> dict[str, str]:
    """The same, and what tells pip and uv where packages are."""
    return {name: value for name, value in caller.items() if _is_needed(name) or name.startswith(_OF_INSTALLERS)}


def _is_needed(name: str) -> bool:
    return name in _NAMES or name.upper() in _NAMES_IN_ANY_CASE or name.startswith(_FAMILIES)
