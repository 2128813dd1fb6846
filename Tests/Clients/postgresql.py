"""A PostgreSQL server of a test's own.

    postgresql.py COMMAND...    runs a command with the server's address in MAYFLY_POSTGRESQL
"""
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time


def programs():
    """The folder of initdb and postgres; None where they are not installed."""
    found = shutil.which("initdb")
    folders = [pathlib.Path(found).resolve().parent] if found else []
    folders += [pathlib.Path(path) for path in sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


class PostgreSQL:
    """Listens on a Unix socket in a folder of its own, and nowhere else."""

    def __init__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="mayfly-pg-")
        self.process = None

    @property
    def url(self):
        return f"postgres://mayfly@/postgres?host={self.directory.name}"

    def _as_user(self, command):
        # It does not run as root.
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        return list(map(str, command))

    def __enter__(self):
        folder, data = programs(), pathlib.Path(self.directory.name, "data")
        os.chmod(self.directory.name, 0o755)
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.directory.name, user.pw_uid, user.pw_gid)
        subprocess.run(
            self._as_user([folder / "initdb", "-D", data, "-U", "mayfly", "-A", "trust", "-E", "UTF8", "--no-sync"]), check=True,
            stdout=subprocess.DEVNULL, cwd=self.directory.name)
        self.start()
        return self

    def start(self):
        folder, data = programs(), pathlib.Path(self.directory.name, "data")
        with open(pathlib.Path(self.directory.name, "log"), "ab") as log:
            self.process = subprocess.Popen(
                self._as_user([folder / "postgres", "-D", data, "-k", self.directory.name, "-c", "listen_addresses="]),
                stdout=log, stderr=log, cwd=self.directory.name)
        end = time.monotonic() + 30
        while subprocess.run(
                [folder / "pg_isready", "-q", "-h", self.directory.name], cwd=self.directory.name).returncode != 0:
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError(pathlib.Path(self.directory.name, "log").read_text())
            time.sleep(0.05)

    def stop(self):
        """At once; what was committed is there when it is started again."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()
        self.directory.cleanup()


if __name__ == "__main__":
    if programs() is None:
        if os.environ.get("CI") == "true":
            sys.exit("postgresql.py: there is no PostgreSQL server: install the package postgresql")
        sys.exit(subprocess.call(sys.argv[1:]))
    with PostgreSQL() as server:
        sys.exit(subprocess.call(sys.argv[1:], env=os.environ | {"MAYFLY_POSTGRESQL": server.url}))
