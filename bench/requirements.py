"""What must be installed before anything is started, and the words for what is not."""
import os
import shutil
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
# The release, unless somebody wants another build measured.
POSTERN = Path(os.environ.get("POSTERN_BINARY", REPOSITORY / ".build-release" / "release" / "postern"))
SCRIPTS = REPOSITORY / "Sources" / "RedisStore"
NGINX_MODULES = Path("/usr/lib/nginx/modules")

COMMANDS = {"cc": "gcc", "wrk": "wrk", "nginx": "nginx", "redis-server": "redis-server", "redis-cli": "redis-tools"}
FILES = {
    NGINX_MODULES / "ngx_http_lua_module.so": "libnginx-mod-http-lua",
    Path("/usr/share/lua/5.1/resty/core.lua"): "lua-resty-core",
    Path("/usr/share/lua/5.1/nginx/redis.lua"): "lua-nginx-redis",
}

# What bench/credentials needs of all that, and more.
CREDENTIALS_COMMANDS = {"cc": "gcc", "wrk": "wrk", "openssl": "openssl"}
CREDENTIALS_FILES = {Path("/usr/include/openssl/evp.h"): "libssl-dev"}


def nginx() -> str | None:
    """Debian installs it in /usr/sbin, which is not on everybody's PATH."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def missing(
    needs_postern: bool, commands: dict[str, str] = COMMANDS, files: dict[Path, str] = FILES,
) -> list[str]:
    """One line per thing to do; empty when the bench can run."""
    packages = {package for command, package in commands.items() if not shutil.which(command)}
    if nginx():
        packages.discard("nginx")
    packages |= {package for file, package in files.items() if not file.exists()}
    lines = [f"apt-get install {' '.join(sorted(packages))}"] if packages else []
    if needs_postern and not POSTERN.exists():
        lines.append(f"build {POSTERN}: "
                     "swift build -c release --scratch-path .build-release --product postern")
    lines += [f"{SCRIPTS.relative_to(REPOSITORY)}/{name} is not there" for name in ("buckets.lua", "spend.lua")
              if not (SCRIPTS / name).exists()]
    return lines
