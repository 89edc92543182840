const OS: Partial<Record<NodeJS.Platform, string>> = { win32: "windows", sunos: "solaris" };
const ARCHITECTURE: Partial<Record<NodeJS.Architecture, string>> = { x64: "amd64", ia32: "386" };

/**
 * The platform as Terraform's release files and provider directories spell it: `linux_amd64`, `darwin_arm64`, `windows_amd64`.
 * @param os as process.platform; default: this machine's
 * @param architecture as process.arch; default: this Node's
 */
export function terraformPlatform(
  os: NodeJS.Platform = process.platform,
  architecture: NodeJS.Architecture = process.arch,
): string {
  return `${OS[os] ?? os}_${ARCHITECTURE[architecture] ?? architecture}`;
}
