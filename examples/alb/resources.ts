import { LbListenerRule } from "@cdktf/provider-aws/lib/lb-listener-rule/index.js";
import type { CognitoRosterStack } from "../../lib/stack/synth/roster-stack.ts";

export default (stack: CognitoRosterStack) => {
  const { userPool, appClient, domain = "" } = stack;
  new LbListenerRule(stack, "people-only", {
    listenerArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/web/50dc6c49/f2f7dc8e",
    priority: 10,
    condition: [{ hostHeader: { values: ["app.example.com"] } }],
    action: [
      {
        type: "authenticate-cognito",
        order: 1,
        authenticateCognito: {
          userPoolArn: userPool.arn,
          userPoolClientId: appClient.id,
          userPoolDomain: domain,
        },
      },
      {
        type: "forward",
        order: 2,
        targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/web/73e2d6bc",
      },
    ],
  });
};
