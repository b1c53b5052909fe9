import { CfnOutput, Stack, type StackProps } from "aws-cdk-lib";
import { AlarmRule, AlarmState, CompositeAlarm } from "aws-cdk-lib/aws-cloudwatch";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnSubscription, Topic } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import { type CityContext, stackName } from "#infra/city-context.ts";
import { CityAlarms } from "#infra/constructs/city-alarms.ts";
import { TaskAlarm } from "#infra/constructs/task-alarm.ts";
import { leftOut } from "#infra/left-out.ts";

/** Who is told when a city is unwell, and what gates its wave. @source cloud.md 10 */
export class ObserveStack extends Stack {
  constructor(scope: Construct, context: CityContext, props: StackProps) {
    super(scope, "observe", { ...props, stackName: stackName(context.names, "observe") });
    const { names, city, deployment } = context;
    const topic = new Topic(this, "Alarms", {
      topicName: names.topics.alarms,
      enforceSSL: true,
    });
    // Its policy takes the place of the one by which a topic hears all of its account.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com")],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: { StringEquals: { "aws:SourceAccount": names.account } },
      }),
    );
    // A subscriber is named by the deployer.
    const { alarms } = deployment;
    if (alarms !== undefined) {
      new CfnSubscription(this, "Told", {
        topicArn: topic.topicArn,
        protocol: alarms.kind === "mail" ? "email" : "https",
        endpoint: alarms.kind === "mail" ? alarms.address : alarms.url,
      });
    }
    const { all } = new CityAlarms(this, "Alarm", names, topic);
    new TaskAlarm(this, "Tasks", names, topic);
    if (!leftOut(names.environment, "AWS::CloudWatch::CompositeAlarm")) {
      // A composite sees its own region only, so a wave is gated by those of its cities.
      new CompositeAlarm(this, "Wave", {
        compositeAlarmName: `${names.prefix}-wave-${city.wave}`,
        alarmDescription: `${city.name} is unwell: wave ${city.wave} is not done.`,
        alarmRule: AlarmRule.anyOf(
          ...all.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM)),
        ),
      });
    }
    new CfnOutput(this, "AlarmTopic", { value: topic.topicArn });
  }
}
