import { join } from "node:path";
import { App } from "cdktf";
import { CognitoRosterStack, type CognitoRosterStackProps } from "./roster-stack.ts";

/**
 * Writes `<outdir>/stacks/<stack>/cdk.tf.json`.
 * @param outdir where to write; by default what the cdktf CLI asks for, else `cdktf.out`
 * @returns the stack's directory, in which Terraform runs
 */
export function synthesize(props: CognitoRosterStackProps & { readonly outdir?: string }): string {
  const { stack } = props.settings;
  const app = new App(props.outdir === undefined ? {} : { outdir: props.outdir });
  new CognitoRosterStack(app, stack, props);
  app.synth();
  return join(
    app.outdir,
    app.manifest.forStack(app.node.findChild(stack) as CognitoRosterStack).workingDirectory,
  );
}
