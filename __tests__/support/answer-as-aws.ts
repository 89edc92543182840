import type { IncomingMessage, ServerResponse } from "node:http";

/** What STS, or Cognito, answers to the one question that the tests of the network ask it. */
export function answerAsAws(request: IncomingMessage, response: ServerResponse): void {
  const sts = !request.headers["x-amz-target"];
  response.setHeader("content-type", sts ? "text/xml" : "application/x-amz-json-1.1");
  response.end(
    sts
      ? "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
      : '{"Users":[{"Username":"a"}]}',
  );
}
