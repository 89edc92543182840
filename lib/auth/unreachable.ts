import { UserError } from "../errors.ts";

/** Node's codes for "nobody there". */
const NETWORK = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/**
 * Words for a request that got no answer of Cognito's: no region, no such endpoint, nobody there, somebody else there.
 * @returns undefined for every other error
 */
export function unreachable(error: Error): UserError | undefined {
  const { code, address, port, hostname } = error as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
    hostname?: string;
  };
  const next = [
    "check AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER and AWS_ENDPOINT_URL, or unset them for AWS itself",
    "check the network and any proxy, then run the command again",
  ];
  if (error.message === "Region is missing") {
    return new UserError("No AWS region is known", {
      why: "Without one there is no endpoint to send the request to.",
      next: ["set AWS_REGION, or name the user pool: --user-pool-id REGION_ID"],
      exitCode: 2,
      cause: error,
    });
  }
  // cognito-local alone answers so; AWS has other names for it.
  if (error.name === "Unsupported") {
    const operation = /x-amz-target header "(\w+)"/.exec(error.message)?.[1] ?? "this request";
    return new UserError(`The emulator cognito-local does not know ${operation}`, {
      why: "It imitates a part of Cognito.",
      next: ["with the other emulator: npm run local -- --keep --emulator moto"],
      cause: error,
    });
  }
  if (code === "ERR_INVALID_URL") {
    return new UserError("The endpoint in AWS_ENDPOINT_URL[_COGNITO_IDENTITY_PROVIDER] is not a URL", {
      next: ["write it like http://127.0.0.1:9229, or unset it"],
      exitCode: 2,
      cause: error,
    });
  }
  if (error.name === "TimeoutError" || (code !== undefined && NETWORK.has(code))) {
    const place = hostname ?? (address === undefined ? undefined : `${address}:${port}`);
    return new UserError(
      `Cognito cannot be reached${place === undefined ? "" : ` at ${place}`} (${code ?? "timeout"})`,
      {
        next,
        cause: error,
      },
    );
  }
  // The SDK hangs the raw answer on every error that came from one it could not read.
  if (error instanceof SyntaxError && "$metadata" in error) {
    return new UserError("Something answered at the endpoint, but it is not Cognito", { next, cause: error });
  }
  return undefined;
}
