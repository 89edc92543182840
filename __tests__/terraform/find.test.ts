import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UserError } from "../../lib/errors.ts";
import { findTerraform, TERRAFORM_VERSION } from "../../lib/terraform/find.ts";

let root: string;
const at = (...parts: string[]) => join(root, ...parts);
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "binary-"));
  for (const path of ["bin/terraform", "tofu/tofu", `cache/terraform/${TERRAFORM_VERSION}/terraform`]) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), "#!/bin/sh\n");
    chmodSync(at(path), 0o755);
  }
  mkdirSync(at("not-it", "terraform"), { recursive: true });
  mkdirSync(at("plain"));
  writeFileSync(at("plain", "terraform"), "not executable");
});
afterAll(() => rmSync(root, { recursive: true }));

const PATH = () => [at("not-it"), at("plain"), at("bin"), at("tofu")].join(delimiter);
/** Nobody listens there: a search that should not have come so far fails at once. */
const NO_SITE = "http://127.0.0.1:9/terraform";
const find = (env: NodeJS.ProcessEnv, cache = "cache") =>
  findTerraform({ cacheDirectory: at(cache), env, releasesUrl: NO_SITE });

test("TERRAFORM_BINARY_NAME comes first, as a name on the PATH", async () => {
  expect(await find({ PATH: PATH(), TERRAFORM_BINARY_NAME: "tofu" })).toEqual({
    path: at("tofu", "tofu"),
    source: "TERRAFORM_BINARY_NAME",
  });
});

test("… or as a path, also a relative one", async () => {
  const path = at("tofu", "tofu");
  for (const TERRAFORM_BINARY_NAME of [path, relative(process.cwd(), path)]) {
    expect((await find({ PATH: "", TERRAFORM_BINARY_NAME })).path).toBe(path);
  }
});

test.each(["tofu-1.9", "./nowhere/terraform"])(
  "TERRAFORM_BINARY_NAME=%s names nothing: an error, not another Terraform",
  async (name) => {
    const error = await find({ PATH: PATH(), TERRAFORM_BINARY_NAME: name }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(name);
    expect((error as UserError).exitCode).toBe(2);
  },
);

test("terraform on the PATH comes next; directories and plain files of that name are passed over", async () => {
  expect(await find({ PATH: PATH(), TERRAFORM_BINARY_NAME: "" })).toEqual({
    path: at("bin", "terraform"),
    source: "PATH",
  });
});

test("then the cache, without any network", async () => {
  expect(await find({ PATH: at("tofu") })).toEqual({
    path: at("cache", "terraform", TERRAFORM_VERSION, "terraform"),
    source: "cache",
  });
});

test("then a download, whose failure names both ways out", async () => {
  const error = await find({ PATH: at("tofu") }, "empty-cache").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).next.join(" ")).toMatch(/TERRAFORM_BINARY_NAME.*TERRAFORM_RELEASES_URL/);
});
