"""A service as production wants it: a durable PostgreSQL, a role that owns nothing, a system user without rights."""
# SPDX-License-Identifier: Apache-2.0
import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

from tests.harness.server import ROOT, Server, free_port

BINARY = pathlib.Path(os.environ.get("YIBAO_BINARY", ROOT / "build/yibaod"))
ROLE = "service"


@contextlib.contextmanager
def durable(cluster):
    """Tests run without fsync, which production refuses."""
    cluster.set("fsync", "on")
    try:
        yield
    finally:
        cluster.reset("fsync")


def make_role(cluster, name=ROLE, attributes="NOINHERIT IN ROLE yibao_app"):
    with cluster.connect("postgres") as connection:
        connection.execute(f'DROP ROLE IF EXISTS "{name}"')
        connection.execute(f'CREATE ROLE "{name}" LOGIN {attributes}')


class Service:
    """`database` was migrated in production mode, with that master key."""

    def __init__(self, cluster, database, master_key):
        self.run_as = {} if cluster.user is None else {"user": cluster.user.pw_uid, "group": cluster.user.pw_gid, "extra_groups": []}
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="service-", dir=cluster.directory))
        self.directory.chmod(0o711)
        self.binary = self.directory / "yibaod"
        shutil.copy(BINARY, self.binary)
        self.master_key = self.directory / "master.key"
        shutil.copy(master_key, self.master_key)
        self.spool = self.directory / "spool"
        self.spool.mkdir(mode=0o700)
        self.own(self.directory, self.master_key, self.spool)
        self.environment = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "YIBAO_MODE": "production",
            "DATABASE_URL": cluster.url(database, ROLE),
            "YIBAO_MASTER_KEY_FILE": str(self.master_key),
            "YIBAO_SPOOL_DIR": str(self.spool),
            "YIBAO_REACTORS": "1",
            "YIBAO_LISTEN": f"127.0.0.1:{free_port()}",
            "YIBAO_OPS_LISTEN": f"127.0.0.1:{free_port()}",
        }

    def own(self, *paths):
        for path in paths:
            if self.run_as:
                os.chown(path, self.run_as["user"], self.run_as["group"])

    def write_secret(self, name, text, mode=0o600):
        path = self.directory / name
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        self.own(path)
        return path

    def run(self, *arguments, run_as=None, **settings):
        return subprocess.run(
            [str(self.binary), *arguments], env={**self.environment, **settings}, cwd="/", capture_output=True, text=True, timeout=60,
            **(self.run_as if run_as is None else run_as),
        )  # fmt: skip

    def start(self, log_path, command="serve", **settings):
        return Server(self.binary, {**self.environment, **settings}, log_path, command=command, run_as=self.run_as)
