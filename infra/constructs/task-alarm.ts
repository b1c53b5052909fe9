import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { SnsTopic } from "aws-cdk-lib/aws-events-targets";
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { CityNames } from "#regions/city-names.ts";

/** Done; somebody else is at it, or it was told to stop. */
const EXITS_WELL = [0, 3];
/** Whose room was taken away comes again by itself; whoever stopped a task knows of it. */
const STOPS_WELL = ["SpotInterruption", "UserInitiated"];

/**
 * Tells when a task of the loader failed: to fill the city, to publish its set, to confirm what it began
 * with. Such a task ends, so there is no metric of it; events of AWS and what follows from them are free.
 *
 * @source cloud.md 5.3
 */
export class TaskAlarm extends Construct {
  constructor(scope: Construct, id: string, names: CityNames, topic: ITopic) {
    super(scope, id);
    const detail = (path: string) => EventField.fromPath(`$.detail.${path}`);
    const message = RuleTargetInput.fromText(
      `${detail("taskDefinitionArn")} ended: ${detail("stoppedReason")}. exos fleet logs ${names.code} tells why.`,
    );
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("events.amazonaws.com"),
      inlinePolicies: {
        tell: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ["sns:Publish"], resources: [topic.topicArn] }),
          ],
        }),
      },
    });
    new Rule(this, "Ended", {
      ruleName: `${names.prefix}-task-failed`,
      eventPattern: {
        source: ["aws.ecs"],
        detailType: ["ECS Task State Change"],
        detail: {
          clusterArn: [`arn:aws:ecs:${names.region}:${names.account}:cluster/${names.cluster}`],
          lastStatus: ["STOPPED"],
          containers: { name: ["load"] },
          $or: [
            {
              containers: { exitCode: [{ "anything-but": EXITS_WELL }] },
              stopCode: [{ "anything-but": STOPS_WELL }],
            },
            { stopCode: ["TaskFailedToStart"] },
          ],
        },
      },
      targets: [new SnsTopic(topic, { message, role: role.withoutPolicyUpdates() })],
    });
  }
}
