import type { IncomingMessage, RequestListener } from "node:http";
import { json } from "node:stream/consumers";

const TARGET = "AWSCognitoIdentityProviderService.AdminListGroupsForUser";

/**
 * Mends one gap of cognito-local 5.3.0: where people sign in by e-mail it keeps group members by their own username, the
 * sub, but AdminListGroupsForUser looks for the name as asked, the e-mail address, and finds no group. The provider asks
 * so after every membership it creates. Such a request is passed on with the person's own username instead.
 */
export function byOwnUsername(application: RequestListener): RequestListener {
  return (request, response) => {
    if (request.headers["x-amz-target"] !== TARGET) return application(request, response);
    rename(request).then(
      () => application(request, response),
      () => response.writeHead(400).end(),
    );
  };
}

async function rename(request: IncomingMessage): Promise<void> {
  const body = (await json(request)) as { UserPoolId: string; Username: string };
  const Username = (await ownUsername(request, body)) ?? body.Username;
  // `_body` tells body-parser that the body has been read already.
  Object.assign(request, { _body: true, body: { ...body, Username } });
}

async function ownUsername(request: IncomingMessage, body: object): Promise<string | undefined> {
  const answer = await fetch(`http://${request.headers.host}/`, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": TARGET.replace(/\.\w+$/, ".AdminGetUser"),
    },
    body: JSON.stringify(body),
  });
  return ((await answer.json()) as { Username?: string }).Username;
}
