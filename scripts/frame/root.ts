import { fileURLToPath } from "node:url";

/** Inserted by scripts/compile.mjs if a project depends on us; nothing if this repository is the project. */
declare const PROJECT_ROOT: string | undefined;

/** Where this package is. */
export const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

/** The project's root: the folder of config.ts. In a clone of the repository it is the package's own. */
export const ROOT = typeof PROJECT_ROOT === "undefined" ? PACKAGE : PROJECT_ROOT;
