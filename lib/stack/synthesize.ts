import { join } from "node:path";
import { App } from "cdktf";
import { CognitoRosterStack, type CognitoRosterStackProps } from "./roster-stack.ts";
import type { Settings } from "./settings.ts";

export interface SynthesisProps extends CognitoRosterStackProps {
  readonly settings: Settings;
  readonly outdir?: string;
}

/**
 * Writes `<outdir>/stacks/<stack>/cdk.tf.json`.
 * @param outdir where to write; by default what the cdktf CLI asks for, else `cdktf.out`
 * @returns the stack's directory, in which Terraform runs
 * @throws SettingsError (exit 2) for settings that can't be used; `requireUsable` also has the warnings
 * @throws RosterError (exit 2) when the settings' guards forbid this roster
 */
export function synthesize(props: SynthesisProps): string {
  const { stack } = props.settings;
  const app = new App(props.outdir === undefined ? {} : { outdir: props.outdir });
  const built = new CognitoRosterStack(app, stack, props);
  app.synth();
  return join(app.outdir, app.manifest.forStack(built).workingDirectory);
}
