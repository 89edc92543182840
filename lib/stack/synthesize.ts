import { join } from "node:path";
import { App } from "cdktf";
import { RosterError } from "../roster/problem.ts";
import { requireUsable } from "./check-settings.ts";
import { guardProblems } from "./guards.ts";
import { CognitoRosterStack, type CognitoRosterStackProps } from "./roster-stack.ts";

/**
 * Writes `<outdir>/stacks/<stack>/cdk.tf.json`.
 * @param outdir where to write; by default what the cdktf CLI asks for, else `cdktf.out`
 * @returns the stack's directory, in which Terraform runs
 * @throws SettingsError (exit 2) for settings that can't be used; `requireUsable` also has the warnings
 * @throws RosterError (exit 2) when the settings' guards forbid this roster
 */
export function synthesize(props: CognitoRosterStackProps & { readonly outdir?: string }): string {
  requireUsable(props.settings);
  const { stack, guards = {} } = props.settings;
  const forbidden = guardProblems(guards, props.roster);
  if (forbidden.length > 0) throw new RosterError(props.roster.file, forbidden);

  const app = new App(props.outdir === undefined ? {} : { outdir: props.outdir });
  new CognitoRosterStack(app, stack, props);
  app.synth();
  return join(
    app.outdir,
    app.manifest.forStack(app.node.findChild(stack) as CognitoRosterStack).workingDirectory,
  );
}
