"""
moto, loaded once for all the tests of a run: that takes a second of CPU, and each test that uses moto needs one of its own.

argv[1]: a socket to listen on. Whoever connects sends its MOTO_ settings as one line of JSON, and gets the port of a server on
loopback, with data of its own, which ends when the connection does. This process ends with its standard input.
"""

import json
import logging
import os
import random
import select
import signal
import socket
import sys
import threading

from moto.moto_api._internal import mock_random
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.test import Client

SIGNED_FOR = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"


def loaded():
    """As moto.server.main makes it; asked once for each service that most tests use, since it loads them when they are asked."""
    app = DomainDispatcherApplication(create_backend_app)
    app.debug = True
    for service, target in {"cognito-idp": "AWSCognitoIdentityProviderService.ListUserPools", "sts": ""}.items():
        headers = {"Authorization": SIGNED_FOR.format(service), "X-Amz-Target": target}
        content = '{"MaxResults": 1}' if target else "Action=GetCallerIdentity&Version=2011-06-15"
        Client(app).post("/", data=content, headers=headers)
    return app


def serve(app, connection):
    settings = json.loads(connection.makefile().readline())
    os.environ.update(settings)
    # Each would otherwise make up the same ids.
    random.seed()
    mock_random.seed()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    connection.sendall(b"%d\n" % server.port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    connection.recv(1)
    os._exit(0)


def main():
    os.environ["MOTO_PORT"] = "0"
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app = loaded()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # The terminal's Ctrl-C is for the tests, which end it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    print("ready", flush=True)
    while sys.stdin not in select.select([sys.stdin, listener], [], [])[0]:
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            serve(app, connection)
        connection.close()


main()
