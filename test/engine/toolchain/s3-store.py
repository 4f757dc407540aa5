# Makes a bucket in moto's S3, with a user who may write to it and one who may only read, and writes their keys.
#
#   python3 s3-store.py ENDPOINT FILE
#
# moto lets its first requests pass and wants a valid signature of all that follow: INITIAL_NO_AUTH_ACTION_COUNT is the
# number of calls here.
import json
import sys

import boto3

endpoint, file = sys.argv[1:]
anyone = {"region_name": "us-east-1", "aws_access_key_id": "anyone", "aws_secret_access_key": "anyone"}
boto3.client("s3", endpoint_url=endpoint, **anyone).create_bucket(Bucket="objects")
iam = boto3.client("iam", endpoint_url=endpoint, **anyone)
keys = {}
for name, actions in [("writer", ["s3:*"]), ("reader", ["s3:GetObject", "s3:ListBucket"])]:
    iam.create_user(UserName=name)
    allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName=name, PolicyName="cache", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    keys[name] = {"user": key["AccessKeyId"], "password": key["SecretAccessKey"]}
with open(file, "w") as out:
    json.dump(keys, out)
