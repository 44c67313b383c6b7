"""OpenStack Swift in one folder, for tests: rings, settings, memcached and its four servers, until stdin ends.

    /usr/bin/python3 serve_swift.py FOLDER PROXY ACCOUNT CONTAINER OBJECT MEMCACHED     (the ports)

Debian's own Swift, as its packages bring it. What swift-init and swift-ring-builder would do in a dozen processes is done
in one, which forks the servers: it starts in about two seconds.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys

import swift.common.utils as utils

PR_SET_PDEATHSIG = 1

folder = os.path.abspath(sys.argv[1])
ports = dict(zip(("proxy", "account", "container", "object", "memcached"), map(int, sys.argv[2:])))
user = pwd.getpwuid(os.geteuid()).pw_name
# Read when the modules below are imported.
utils.SWIFT_CONF_FILE = os.path.join(folder, "swift.conf")

LOG = """
def log_to_file(conf, name, log_to_console, log_route, fmt, logger, adapted_logger):
    import logging
    handler = logging.FileHandler(%r)
    handler.setFormatter(logging.Formatter("%%(asctime)s %%(name)s %%(levelname)s %%(message)s"))
    logger.addHandler(handler)
""" % os.path.join(folder, "log")

DEFAULT = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
user = {user}
swift_dir = {folder}
devices = {folder}/devices
mount_check = false
workers = 0
fallocate_reserve = 0
log_level = WARNING
log_custom_handlers = swift_test_log.log_to_file
"""

SERVER = """
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
# A listing must know at once what was put, however busy the machine is: here nobody updates it later.
container_update_timeout = 60
"""

PROXY = """
[pipeline:main]
pipeline = catch_errors healthcheck cache s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
# A busy machine is slow, and no server of these is ever given up.
conn_timeout = 30
node_timeout = 60
error_suppression_limit = 1000000
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcached}
[filter:s3api]
use = egg:swift#s3api
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
"""


def write(name, text):
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


def make():
    """Once a folder: a second start finds everything as it was."""
    os.makedirs(os.path.join(folder, "devices", "d1"))
    write("swift.conf", "[swift-hash]\nswift_hash_path_suffix = tests\n")
    write("swift_test_log.py", LOG)
    for kind in ("account", "container", "object"):
        write(kind + "-server.conf", DEFAULT.format(port=ports[kind], user=user, folder=folder) + SERVER.format(kind=kind))
    write("proxy-server.conf", DEFAULT.format(port=ports["proxy"], user=user, folder=folder) + PROXY.format(**ports))
    from swift.common.ring import RingBuilder

    for kind in ("account", "container", "object"):
        builder = RingBuilder(part_power=4, replicas=1, min_part_hours=0)
        builder.add_dev({"region": 1, "zone": 1, "ip": "127.0.0.1", "port": ports[kind], "device": "d1", "weight": 1})
        builder.rebalance()
        builder.get_ring().save(os.path.join(folder, kind + ".ring.gz"))


def serve(kind):
    from swift.common.wsgi import run_wsgi

    options = {}
    if kind == "object":
        from swift.obj import server

        options["global_conf_callback"] = server.global_conf_callback
    sys.exit(run_wsgi(os.path.join(folder, kind + "-server.conf"), kind + "-server", **options))


if not os.path.exists(os.path.join(folder, "object.ring.gz")):
    make()
sys.path.insert(0, folder)
memcached = subprocess.Popen(
    ["/usr/bin/memcached", "-l", "127.0.0.1", "-p", str(ports["memcached"]), "-m", "16", "-u", user],
    stdin=subprocess.DEVNULL,
)
# Once, for all four that are forked from here.
import paste.deploy.loadwsgi  # noqa: E402, F401
import swift.account.server  # noqa: E402, F401
import swift.common.middleware.s3api.s3api  # noqa: E402, F401
import swift.common.middleware.slo  # noqa: E402, F401
import swift.common.middleware.tempauth  # noqa: E402, F401
import swift.common.wsgi  # noqa: E402, F401
import swift.container.server  # noqa: E402, F401
import swift.obj.server  # noqa: E402, F401
import swift.proxy.server  # noqa: E402, F401

servers = []
for kind in ("account", "container", "object", "proxy"):
    child = os.fork()
    if child == 0:
        # Where the parent is killed it cannot tell.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.close(0)
        os.open(os.devnull, os.O_RDONLY)
        serve(kind)
    servers.append(child)

# Whoever started this holds the other end: it ends with them, even by kill -9.
while os.read(0, 1):
    pass
for child in servers + [memcached.pid]:
    os.kill(child, signal.SIGKILL)
