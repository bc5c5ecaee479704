"""Runs the stock client's own entry point for many commands: the modules are loaded once, and each command has a process of its own
(forked, so nothing is shared between two commands but code). Commands come as JSON lines on standard input, ends go as JSON lines to
standard output. Every HTTP exchange of a command is noted below the client, where `requests` sends it.
"""
import base64
import contextlib
import io
import json
import logging
import os
import selectors
import signal
import sys
import warnings

warnings.simplefilter('ignore')

import openstackclient.shell  # noqa: E402
import requests  # noqa: E402

# What commands load when they begin; loading it here once saves each of them most of its start.
AHEAD = (
    'cinderclient.v3.client', 'glanceclient.v2.client', 'keystoneclient.v3.client', 'novaclient.v2.client', 'octaviaclient.osc.plugin',
    'neutronclient.neutron.client', 'openstack.connection', 'openstack.network.v2._proxy', 'openstack.image.v2._proxy',
    'openstack.compute.v2._proxy', 'keystoneauth1.loading._plugins.identity.v3', 'cliff.formatters.table', 'jsonpatch', 'jsonschema',
)
LONGEST_BODY = 4_000_000


def load_ahead():
    for name in AHEAD:
        with contextlib.suppress(ImportError):
            __import__(name)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        with contextlib.suppress(SystemExit):
            openstackclient.shell.main(['server', 'create', '--help'])
    forget_loggers()


def forget_loggers():
    for handler in list(logging.getLogger('').handlers):
        logging.getLogger('').removeHandler(handler)


def text_of(data):
    if data is None:
        return None
    if isinstance(data, str):
        return data[:LONGEST_BODY]
    if isinstance(data, bytes):
        try:
            return data[:LONGEST_BODY].decode()
        except UnicodeDecodeError:
            return 'base64:' + base64.b64encode(data[:2000]).decode()
    return '(stream)'


def record_into(calls):
    send = requests.Session.send

    def sending(session, request, **options):
        sent = text_of(request.body)
        response = send(session, request, **options)
        kind = response.headers.get('content-type', '')
        is_content = options.get('stream') and 'octet-stream' in kind
        calls.append({
            'method': request.method,
            'url': request.url,
            'sent': sent,
            'microversion': request.headers.get('OpenStack-API-Version'),
            'status': response.status_code,
            'headers': {name.lower(): value for name, value in response.headers.items()},
            'body': None if is_content else text_of(response.content),
        })
        return response

    requests.Session.send = sending


def run_command(command):
    folder = command['folder']
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.alarm(command['limitSeconds'])
    # A person at a terminal who types nothing: without one, some commands take standard input for content.
    _, terminal = os.openpty()
    out = os.open(os.path.join(folder, 'out'), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    err = os.open(os.path.join(folder, 'err'), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for source, target in ((terminal, 0), (out, 1), (err, 2)):
        os.dup2(source, target)
    sys.stdin = open(0, encoding='utf-8')
    sys.stdout = open(1, 'w', encoding='utf-8')
    sys.stderr = open(2, 'w', encoding='utf-8')
    for name in [name for name in os.environ if name.startswith('OS_')]:
        del os.environ[name]
    os.environ.update(command['env'])
    os.chdir(folder)
    calls = []
    record_into(calls)
    try:
        code = openstackclient.shell.main(command['argv'])
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else (0 if end.code is None else 1)
    except BaseException as fault:  # what the interpreter itself would say and do
        print(f'{type(fault).__name__}: {fault}', file=sys.stderr)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    with open(os.path.join(folder, 'calls.json'), 'w', encoding='utf-8') as file:
        json.dump(calls, file)
    os._exit(code or 0)


def tell(message):
    sys.stdout.write(json.dumps(message) + '\n')
    sys.stdout.flush()


def serve():
    sys.argv[0] = 'openstack'
    load_ahead()
    woken, waker = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    choose = selectors.DefaultSelector()
    choose.register(0, selectors.EVENT_READ)
    choose.register(woken, selectors.EVENT_READ)
    running = {}
    rest = b''
    tell({'ready': True})
    while True:
        for key, _ in choose.select():
            if key.fd == woken:
                os.read(woken, 4096)
                continue
            chunk = os.read(0, 65536)
            if not chunk:
                for pid in running:
                    os.kill(pid, signal.SIGKILL)
                return
            *lines, rest = (rest + chunk).split(b'\n')
            for line in lines:
                command = json.loads(line)
                sys.stdout.flush()
                pid = os.fork()
                if pid == 0:
                    run_command(command)
                running[pid] = command['id']
        while running:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                break
            if pid in running:
                tell({'id': running.pop(pid), 'code': os.waitstatus_to_exitcode(status)})


serve()
