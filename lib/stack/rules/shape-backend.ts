import { z } from "zod";
import type {
  BackendSettings,
  HcpBackendSettings,
  HttpBackendSettings,
  LocalBackendSettings,
  S3BackendSettings,
} from "../settings.ts";
import { LOOPBACK } from "./cognito-limits.ts";
import { filled, formed, orUndefined, section } from "./shape-parts.ts";

/** The state has everyone's attributes, and a password in the URL gives access to the state. */
const stateAddress = formed<string>(
  isStateAddress,
  "it isn't a valid address for a state",
  "Use https:// (http:// on loopback only), without user, password or query: credentials go into TF_HTTP_USERNAME and TF_HTTP_PASSWORD.",
);

function isStateAddress(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(value);
  const safe = protocol === "https:" || (protocol === "http:" && LOOPBACK.has(hostname));
  return safe && username + password + search + hash === "";
}

export const BACKENDS = {
  local: section<LocalBackendSettings>({ type: z.literal("local") }, ["type"]),
  s3: section<S3BackendSettings>(
    {
      type: z.literal("s3"),
      bucket: filled,
      key: orUndefined(z.string()),
      region: orUndefined(z.string()),
      kmsKeyId: orUndefined(z.string()),
    },
    ["type", "bucket"],
  ),
  hcp: section<HcpBackendSettings>({ type: z.literal("hcp"), organization: filled, workspace: filled }, [
    "type",
    "organization",
    "workspace",
  ]),
  http: section<HttpBackendSettings>(
    {
      type: z.literal("http"),
      address: stateAddress,
      lockAddress: orUndefined(stateAddress),
      lockMethod: orUndefined(filled),
      unlockMethod: orUndefined(filled),
    },
    ["type", "address"],
  ),
} satisfies { readonly [Kind in BackendSettings["type"]]: z.ZodType };

export const backend = z.discriminatedUnion(
  "type",
  Object.values(BACKENDS) as unknown as [z.ZodObject, ...z.ZodObject[]],
) as unknown as z.ZodType<BackendSettings>;
