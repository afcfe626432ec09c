"""Fill .venv with one pinned set of packages. Standard library only: it runs before anything is installed.

pip installs uv, checked by hash; uv installs the rest, checked by hash. uv does not read pip's configuration, so
an index that is set there is handed on.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
HANDED_ON = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
}
"""What pip calls it, and what uv reads."""
SEPARATORS = {"UV_FIND_LINKS": ","}


def main(wanted: str) -> None:
    started = time.monotonic()
    print(f"ashore: installing the packages of requirements/{wanted}.txt ...", flush=True)
    if not (VENV / "bin" / "uv").exists() or wanted == "runtime":
        run("python", "-m", "pip", "install", "-qq", "--require-hashes", "-r", "requirements/uv.txt")
    environment = uv_environment(pip_configuration(), os.environ)
    if wanted == "runtime":
        install(environment, "--require-hashes", "-r", "requirements/build.txt")
    install(environment, "--no-build-isolation", "--require-hashes", "-r", f"requirements/{wanted}.txt")
    if wanted == "runtime":
        install(environment, "--no-deps", "--require-hashes", "-r", "requirements/assets.txt")
        install(environment, "--no-build-isolation", "--no-deps", "--editable", ".")
    (VENV / f".{wanted}").touch()
    print(f"ashore: installed in {time.monotonic() - started:.0f} s", flush=True)


def pip_configuration() -> dict[str, str]:
    """What `pip config list` knows, the environment before [install] before [global], without their prefixes."""
    listed = run("python", "-m", "pip", "config", "list", capture=True)
    found: dict[str, str] = {}
    for section in ("global.", "install.", ":env:."):
        for line in listed.splitlines():
            if line.startswith(section):
                name, value = line.removeprefix(section).split("=", 1)
                found[name] = str(ast.literal_eval(value))
    return found


def uv_environment(pip: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv: what it already holds for uv wins over what pip's configuration says."""
    handed_on = {
        HANDED_ON[name]: SEPARATORS.get(HANDED_ON[name], " ").join(value.split())
        for name, value in pip.items()
        if name in HANDED_ON
    }
    settled = {
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_INDEX_STRATEGY": "unsafe-best-match",  # as pip: any index may have the version; the hash decides
    }
    return {**settled, **handed_on, **environ}


def install(environment: Mapping[str, str], *arguments: str) -> None:
    python = str(VENV / "bin" / "python")
    run(
        "uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *arguments, environment=environment
    )


def run(program: str, *arguments: str, environment: Mapping[str, str] | None = None, capture: bool = False) -> str:
    """Run a program of .venv; where it fails, stop with its exit code: it has said why."""
    output = subprocess.PIPE if capture else None
    command = [str(VENV / "bin" / program), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=output, text=True, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout or ""


if __name__ == "__main__":
    main(sys.argv[1])
