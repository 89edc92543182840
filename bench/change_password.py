# The program that the article behind this package has everybody run once (for comparison only: passwords as arguments
# can be read by every user of a machine). Endpoint, region and credentials come from the environment.
import argparse
import os

import boto3
from botocore.exceptions import ClientError

client = boto3.Session().client("cognito-idp")


def change_password(username, temporary_password, new_password):
    client_id = os.environ["COGNITO_CLIENT_ID"]
    response = client.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": username, "PASSWORD": temporary_password},
    )
    if response.get("ChallengeName") != "NEW_PASSWORD_REQUIRED":
        raise SystemExit("unexpected answer")
    client.respond_to_auth_challenge(
        ClientId=client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=response["Session"],
        ChallengeResponses={"USERNAME": username, "NEW_PASSWORD": new_password},
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("username")
    parser.add_argument("temporary_password")
    parser.add_argument("new_password")
    args = parser.parse_args()
    try:
        change_password(args.username, args.temporary_password, args.new_password)
    except ClientError as error:
        raise SystemExit(error.response["Error"]["Message"])
