"""moto's S3 on a port of its own, with what is below a folder as the bucket `images`, which it lists 25 objects at a time. Prints its port. Ends with its standard input.

Usage: moto_store.py FOLDER
"""
import logging
import os
import sys

for name, value in (("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_DEFAULT_REGION", "us-east-1"), ("MOTO_S3_DEFAULT_MAX_KEYS", "25")):
    os.environ[name] = value
os.environ.pop("AWS_PROFILE", None)

import boto3
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1")
client.create_bucket(Bucket="images")
folder = sys.argv[1]
for path, _, files in os.walk(folder):
    for file in files:
        whole = os.path.join(path, file)
        with open(whole, "rb") as body:
            client.put_object(Bucket="images", Key=os.path.relpath(whole, folder), Body=body.read())
print(port, flush=True)
sys.stdin.read()
os._exit(0)
