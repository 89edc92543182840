/** @module-tag isolated */

import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UserError } from "../../lib/errors.ts";
import {
  findProviderMirror,
  impliedMirrors,
  type MirrorOptions,
  thirdPartyRoots,
  useProviderMirror,
} from "../../lib/terraform/provider-mirror.ts";

vi.mock("node:os", async (original) => {
  const real = await original<typeof import("node:os")>();
  return { ...real, homedir: vi.fn(real.homedir) };
});

const AWS = { source: "hashicorp/aws", version: "5.100.0" };
const PLATFORM = "linux_amd64";
const PROVIDER = "registry.terraform.io/hashicorp/aws";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mirror-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const at = (...parts: string[]) => join(root, ...parts);
function put(...parts: string[]): string {
  mkdirSync(dirname(at(...parts)), { recursive: true });
  writeFileSync(at(...parts), "");
  return dirname(at(...parts));
}
const unpacked = (mirror: string, version = "5.100.0", platform = PLATFORM) =>
  put(mirror, PROVIDER, version, platform, `terraform-provider-aws_v${version}_x5`);
const packed = (mirror: string, version = "5.100.0", platform = PLATFORM) =>
  join(
    put(mirror, PROVIDER, `terraform-provider-aws_${version}_${platform}.zip`),
    `terraform-provider-aws_${version}_${platform}.zip`,
  );
/** A machine whose home, shared data and third-party files are all in the test's directory. */
const machine = (env: NodeJS.ProcessEnv = {}): MirrorOptions => ({
  env: { HOME: at("home"), XDG_DATA_DIRS: at("share"), ...env },
  platform: PLATFORM,
  roots: [at("opt")],
});
const find = (env: NodeJS.ProcessEnv = {}) => findProviderMirror(AWS, machine(env));

test("without a mirror there is none", () => {
  expect(find()).toBeUndefined();
});

test.each(["opt", "opt/tf-plugins", "opt/terraform/providers", "opt/acme-plugins/main"])(
  "an unpacked mirror at %s is found",
  (place) => {
    const directory = unpacked(place);
    expect(find()).toBe(directory);
  },
);

test("a packed mirror is found, too", () => {
  const zip = packed("opt/mirror");
  expect(find()).toBe(zip);
});

test.each([
  ["another version", () => unpacked("opt/m", "5.99.0")],
  ["another platform", () => unpacked("opt/m", "5.100.0", "darwin_arm64")],
  [
    "an empty directory of that version",
    () => mkdirSync(at("opt/m", PROVIDER, "5.100.0", PLATFORM), { recursive: true }),
  ],
  ["a mirror too deep in a directory with an unsuspicious name", () => unpacked("opt/vendor/files")],
])("%s is not taken", (_, make) => {
  make();
  expect(find()).toBeUndefined();
});

test("a mirror that lacks the version does not hide one that has it", () => {
  unpacked("opt/a", "5.99.0");
  const directory = unpacked("opt/b");
  expect(find()).toBe(directory);
});

test("an implied mirror directory of Terraform comes before third-party roots", () => {
  unpacked("opt/mirror");
  const directory = unpacked("home/.terraform.d/plugins");
  expect(find()).toBe(directory);
});

test("TF_PLUGIN_MIRROR comes before everything found; it may be relative", () => {
  unpacked("home/.terraform.d/plugins");
  const directory = unpacked("named");
  expect(find({ TF_PLUGIN_MIRROR: relative(process.cwd(), at("named")) })).toBe(directory);
});

test("a TF_PLUGIN_MIRROR without the version is an error that lists what is there, though another mirror has it", () => {
  unpacked("opt/mirror");
  unpacked("named", "5.99.0");
  packed("named", "6.0.0", "darwin_arm64");
  const attempt = () => find({ TF_PLUGIN_MIRROR: at("named") });
  expect(attempt).toThrow("TF_PLUGIN_MIRROR does not hold hashicorp/aws 5.100.0 for linux_amd64");
  expect(attempt).toThrow(
    expect.objectContaining({
      why: expect.stringContaining("holds 5.99.0 for linux_amd64, 6.0.0 for darwin_arm64"),
      exitCode: 2,
    }),
  );
});

test("a TF_PLUGIN_MIRROR that is no mirror is told what one is", () => {
  const attempt = () => find({ TF_PLUGIN_MIRROR: at("nowhere") });
  expect(attempt).toThrow(UserError);
  expect(attempt).toThrow(
    expect.objectContaining({ why: expect.stringContaining("contains registry.terraform.io") }),
  );
});

test("an existing TF_CLI_CONFIG_FILE is respected: nothing is searched", () => {
  unpacked("opt/mirror");
  writeFileSync(at("own.tfrc"), "");
  expect(find({ TF_CLI_CONFIG_FILE: at("own.tfrc") })).toBeUndefined();
});

test("beside it TF_PLUGIN_MIRROR still counts: a file with nothing but credentials in it installs no provider", () => {
  const directory = unpacked("named");
  writeFileSync(at("own.tfrc"), "");
  expect(find({ TF_CLI_CONFIG_FILE: at("own.tfrc"), TF_PLUGIN_MIRROR: at("named") })).toBe(directory);
});

test("a TF_CLI_CONFIG_FILE that does not exist changes nothing", () => {
  const directory = unpacked("opt/mirror");
  expect(find({ TF_CLI_CONFIG_FILE: at("missing.tfrc") })).toBe(directory);
});

const stackLink = () => at("stack/terraform.d/plugins", PROVIDER, "5.100.0", PLATFORM);
const use = (env: NodeJS.ProcessEnv = {}) => {
  mkdirSync(at("stack"), { recursive: true });
  return useProviderMirror(at("stack"), AWS, machine(env));
};

test("the provider is linked into the stack's own plugin directory; doing it again changes nothing", () => {
  const directory = unpacked("opt/mirror");
  expect(use()).toBe(directory);
  const before = lstatSync(stackLink());
  expect(use()).toBe(directory);
  expect(readlinkSync(stackLink())).toBe(directory);
  expect(lstatSync(stackLink()).ino).toBe(before.ino);
});

test("a packed provider is linked as the file it is", () => {
  const zip = packed("opt/mirror");
  use();
  expect(
    readlinkSync(at("stack/terraform.d/plugins", PROVIDER, `terraform-provider-aws_5.100.0_${PLATFORM}.zip`)),
  ).toBe(zip);
});

test("a link to a mirror that has moved is replaced", () => {
  unpacked("opt/mirror");
  use();
  rmSync(at("opt/mirror"), { recursive: true });
  const directory = unpacked("opt/newer");
  use();
  expect(readlinkSync(stackLink())).toBe(directory);
});

test("when the mirror is gone, its link and the empty directories go, so that Terraform asks the registry again", () => {
  unpacked("opt/mirror");
  use();
  rmSync(at("opt"), { recursive: true });
  expect(use()).toBeUndefined();
  expect(existsSync(at("stack/terraform.d"))).toBe(false);
  expect(existsSync(at("stack"))).toBe(true);
});

test("a provider that the team itself put there is never touched", () => {
  unpacked("opt/mirror");
  unpacked("stack/terraform.d/plugins");
  use();
  expect(lstatSync(stackLink()).isDirectory()).toBe(true);
  rmSync(at("opt"), { recursive: true });
  use();
  expect(lstatSync(stackLink()).isDirectory()).toBe(true);
});

test("with a mirror or without, the lock file names the version, which keeps cdktf from asking the registry", () => {
  use();
  expect(readFileSync(at("stack/.terraform.lock.hcl"), "utf8")).toContain('constraints = "5.100.0"');
});

test("Terraform's implied directories are those it documents, per platform", () => {
  expect(impliedMirrors({ HOME: "/home/me" }, "linux_arm64")).toEqual([
    "/home/me/.terraform.d/plugins",
    "/home/me/.local/share/terraform/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
  ]);
  expect(impliedMirrors({ HOME: "/Users/me" }, "darwin_arm64")).toEqual([
    "/Users/me/.terraform.d/plugins",
    "/Users/me/Library/Application Support/io.terraform/plugins",
    "/Library/Application Support/io.terraform/plugins",
  ]);
  expect(impliedMirrors({ APPDATA: "C:/Users/me/AppData" }, "windows_amd64")).toEqual([
    "C:/Users/me/AppData/terraform.d/plugins",
    "C:/Users/me/AppData/HashiCorp/Terraform/plugins",
  ]);
});

test("an account without a home, as one in a container that only has a number, has the machine's mirrors alone", () => {
  // As Node does where neither HOME nor the list of accounts names one.
  vi.mocked(homedir).mockImplementation(() => {
    throw Object.assign(new Error("uv_os_homedir returned ENOENT"), { code: "ERR_SYSTEM_ERROR" });
  });
  expect(impliedMirrors({}, "linux_amd64")).toEqual([
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
  ]);
  expect(impliedMirrors({}, "darwin_arm64")).toEqual(["/Library/Application Support/io.terraform/plugins"]);
  expect(thirdPartyRoots({}, "darwin_arm64")).toContain("/Library/Application Support");
  expect(thirdPartyRoots({ XDG_DATA_HOME: "/data" }, "linux_amd64")).toContain("/data");
  vi.mocked(homedir).mockReset();
});

test("no root is a place where any user of the machine may write: a provider is a program", () => {
  const roots = ["linux_amd64", "darwin_arm64"].flatMap((platform) =>
    thirdPartyRoots({ HOME: "/home/me" }, platform),
  );
  for (const place of roots)
    expect(place).not.toMatch(/^(\/|(\/private)?(\/var)?\/tmp|\/var\/run|\/dev\/shm)$/);
});

test("a search of this machine that finds nothing takes milliseconds, for it runs at every synth", () => {
  findProviderMirror({ ...AWS, version: "0.0.0" }, { env: {} });
  const start = performance.now();
  expect(findProviderMirror({ ...AWS, version: "0.0.0" }, { env: {} })).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(100);
});
